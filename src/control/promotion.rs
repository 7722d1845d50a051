//! Failover of a role: a lost primary is noticed, then another node is promoted.
//!
//! The manager's view of each node lags by `detect`, for losses as for returns; losses shorter
//! than that it never sees. `promote` after it has noticed the loss of the primary, the first
//! standby or else the first read replica that is up takes the role and keeps it. The old primary
//! comes back in the seat of the promoted node. Without anybody to promote, the primary takes up
//! its role when it is back; a candidate that comes back earlier is promoted `promote` after it
//! was seen. Where there are voters, a promotion needs more than half of them, for as long as
//! `promote` takes.

use super::seats::{Change, Leadership, instants};
use crate::fault::Span;
use crate::fault::span::{ended, holding, union};
use crate::lower::Seat;

/// Times of a failover, ns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timers {
    /// Loss to detection.
    pub(super) detect: u64,
    /// Detection to the first write on the promoted node.
    pub(super) promote: u64,
}

/// Leadership where a manager promotes; `seats` as without faults. In `lapses` the voters are too
/// few: nobody is promoted, and a primary that steps down takes no writes.
pub(super) fn leadership(
    mut seats: Vec<Seat>,
    down: Vec<Vec<Span>>,
    (lapses, steps_down): (&[Span], bool),
    timers: Timers,
) -> Leadership {
    let manager = Manager::new(&down, (lapses, steps_down), timers);
    let address: Vec<usize> = (0..seats.len()).collect();
    let mut changes = vec![Change {
        at: 0,
        seats: seats.clone(),
        address: address.clone(),
    }];
    let mut elected = 0;
    for at in manager.moments() {
        if manager.promote(&mut seats, at) {
            elected = at;
        }
        let told = manager.told(&seats, elected, at);
        if changes.last().is_some_and(|last| last.seats != told) {
            changes.push(Change {
                at,
                seats: told,
                address: address.clone(),
            });
        }
    }
    Leadership {
        changes,
        silent: down,
    }
}

/// What a manager knows.
struct Manager<'a> {
    down: &'a [Vec<Span>],
    /// By node: when it is held for lost.
    known: Vec<Vec<Span>>,
    /// When voters are too few.
    lapses: &'a [Span],
    /// When a primary knows that, where it cares.
    noticed_lapses: Vec<Span>,
    timers: Timers,
}

impl<'a> Manager<'a> {
    fn new(
        down: &'a [Vec<Span>],
        (lapses, steps_down): (&'a [Span], bool),
        timers: Timers,
    ) -> Self {
        let noticed = |spans: &[Span]| noticed(spans, timers.detect);
        Self {
            down,
            known: down.iter().map(|down| noticed(down)).collect(),
            lapses,
            noticed_lapses: noticed(if steps_down { lapses } else { &[] }),
            timers,
        }
    }

    /// Every instant at which something can change.
    fn moments(&self) -> Vec<u64> {
        let later = |at: u64| at.saturating_add(self.timers.promote);
        let known = self.known.iter().flatten().chain(&self.noticed_lapses);
        let edges =
            known.flat_map(|span| [span.start, span.end, later(span.start), later(span.end)]);
        let again = self.lapses.iter().map(|span| later(span.end));
        // A loss that nobody notices can still cover the instant of a promotion.
        let back = self.down.iter().flatten().map(|span| span.end);
        instants(edges.chain(again).chain(back).collect())
    }

    /// Promotes a candidate if the primary has been known as lost for long enough at `at`; whether
    /// it did.
    fn promote(&self, seats: &mut [Seat], at: u64) -> bool {
        let Some(primary) = seats.iter().position(|seat| *seat == Seat::Serving) else {
            return false;
        };
        let Some(lost) = holding(&self.known[primary], at) else {
            return false;
        };
        if holding(self.lapses, at).is_some() {
            return false;
        }
        let from = ended(self.lapses, at).unwrap_or(0).max(lost.start);
        let ready = |node: &usize| {
            let since = ended(&self.known[*node], at).unwrap_or(0).max(from);
            holding(&self.known[*node], at).is_none()
                && holding(&self.down[*node], at).is_none()
                && since.saturating_add(self.timers.promote) <= at
        };
        let candidates = [Seat::Spare, Seat::Reader];
        let heir = candidates.iter().find_map(|wanted| {
            (0..seats.len())
                .filter(|&node| seats[node] == *wanted)
                .find(ready)
        });
        if let Some(heir) = heir {
            seats.swap(primary, heir);
        }
        heir.is_some()
    }

    /// The seats as callers hear of them, under a primary elected at `elected`: a majority that
    /// was gone before then is not its own loss.
    fn told(&self, seats: &[Seat], elected: u64, at: u64) -> Vec<Seat> {
        let first = elected.saturating_add(self.timers.detect);
        let lapse = holding(&self.noticed_lapses, at);
        let has_stepped_down = lapse.is_some_and(|lapse| lapse.start >= first);
        let seen = |(node, seat): (usize, &Seat)| match (holding(&self.known[node], at), seat) {
            (Some(_), _) => Seat::Out,
            (None, Seat::Serving) if has_stepped_down => Seat::SteppedDown,
            (None, seat) => *seat,
        };
        seats.iter().enumerate().map(seen).collect()
    }
}

/// When the manager holds a node for lost.
fn noticed(down: &[Span], detect: u64) -> Vec<Span> {
    let late = |span: &Span| Span {
        start: span.start.saturating_add(detect),
        end: span.end.saturating_add(detect),
    };
    let lasting = |span: &&Span| span.start.saturating_add(detect) < span.end;
    union(down.iter().filter(lasting).map(late).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::seconds;

    const TIMERS: Timers = Timers {
        detect: 10_000_000_000,
        promote: 20_000_000_000,
    };

    fn span(start: u64, end: u64) -> Span {
        Span {
            start: seconds(start),
            end: seconds(end),
        }
    }

    fn changes(seats: &str, down: Vec<Vec<Span>>) -> Vec<(u64, String)> {
        voted(seats, down, (&[], false))
    }

    fn voted(seats: &str, down: Vec<Vec<Span>>, lapses: (&[Span], bool)) -> Vec<(u64, String)> {
        timed(seats, down, lapses, TIMERS)
    }

    fn timed(
        seats: &str,
        down: Vec<Vec<Span>>,
        lapses: (&[Span], bool),
        timers: Timers,
    ) -> Vec<(u64, String)> {
        let letters = [
            ('P', Seat::Serving),
            ('s', Seat::Spare),
            ('r', Seat::Reader),
            ('d', Seat::SteppedDown),
        ];
        let seat = |letter| {
            letters
                .iter()
                .find(|pair| pair.0 == letter)
                .expect("a seat")
                .1
        };
        let letter = |seat: &Seat| {
            letters
                .iter()
                .find(|pair| pair.1 == *seat)
                .map_or('-', |pair| pair.0)
        };
        leadership(seats.chars().map(seat).collect(), down, lapses, timers)
            .changes
            .iter()
            .map(|change| (change.at, change.seats.iter().map(letter).collect()))
            .collect()
    }

    fn told(list: &[(u64, &str)]) -> Vec<(u64, String)> {
        list.iter()
            .map(|&(at, seats)| (seconds(at), seats.to_owned()))
            .collect()
    }

    /// Lost at 100 s: known at 110 s, promoted at 130 s; back at 300 s: a replica from 310 s on.
    #[test]
    fn the_promoted_replica_keeps_the_role() {
        let down = vec![vec![span(100, 300)], Vec::new(), Vec::new()];
        let expected = [(0, "Prr"), (110, "-rr"), (130, "-Pr"), (310, "rPr")];
        assert_eq!(changes("Prr", down), told(&expected));
    }

    /// The promoted one is lost at 400 s: the next in line is the first that is up.
    #[test]
    fn a_second_loss_promotes_the_next() {
        let down = vec![vec![span(100, 300)], vec![span(400, 900)], Vec::new()];
        let expected = [
            (0, "Prr"),
            (110, "-rr"),
            (130, "-Pr"),
            (310, "rPr"),
            (410, "r-r"),
            (430, "P-r"),
            (910, "Prr"),
        ];
        assert_eq!(changes("Prr", down), told(&expected));
    }

    #[test]
    fn a_standby_goes_before_a_replica_and_gets_its_seat_filled() {
        let down = vec![vec![span(100, 300)], Vec::new(), Vec::new()];
        let expected = [(0, "Prs"), (110, "-rs"), (130, "-rP"), (310, "srP")];
        assert_eq!(changes("Prs", down), told(&expected));
    }

    /// A short loss is never seen; a lost replica takes no reads while it is known as lost.
    #[test]
    fn short_losses_and_lost_replicas() {
        assert_eq!(
            changes("Pr", vec![vec![span(100, 110)], Vec::new()]),
            told(&[(0, "Pr")])
        );
        let replica = changes("Pr", vec![Vec::new(), vec![span(100, 150)]]);
        assert_eq!(replica, told(&[(0, "Pr"), (110, "P-"), (160, "Pr")]));
    }

    /// Nobody to promote: the primary goes on when it is back, or a replica that is back sooner.
    #[test]
    fn without_candidates_the_first_to_be_back_leads() {
        let alone = changes("P", vec![vec![span(100, 300)]]);
        assert_eq!(alone, told(&[(0, "P"), (110, "-"), (310, "P")]));
        let sooner = changes("Pr", vec![vec![span(100, 900)], vec![span(50, 200)]]);
        let expected = [
            (0, "Pr"),
            (60, "P-"),
            (110, "--"),
            (210, "-r"),
            (230, "-P"),
            (910, "rP"),
        ];
        assert_eq!(sooner, told(&expected));
    }

    /// The candidate is down from 129 to 131 s, too short for anybody to notice, but at the instant
    /// of its promotion: it leads as soon as it is back.
    #[test]
    fn a_short_loss_delays_a_promotion() {
        let down = vec![vec![span(100, 300)], vec![span(129, 131)]];
        let expected = [(0, "Ps"), (110, "-s"), (131, "-P"), (310, "sP")];
        assert_eq!(changes("Ps", down), told(&expected));
    }

    /// Lost at 100 s, with too few voters until 200 s: they need their 20 s, and are not too few
    /// again before those are over.
    #[test]
    fn a_promotion_waits_for_its_voters() {
        let down = || vec![vec![span(100, 900)], Vec::new()];
        let late = voted("Pr", down(), (&[span(50, 200)], false));
        let expected = [(0, "Pr"), (110, "-r"), (220, "-P"), (910, "rP")];
        assert_eq!(late, told(&expected));
        let again = voted("Pr", down(), (&[span(50, 200), span(210, 300)], false));
        let expected = [(0, "Pr"), (110, "-r"), (320, "-P"), (910, "rP")];
        assert_eq!(again, told(&expected));
        let never = voted("Pr", down(), (&[span(50, 1000)], false));
        assert_eq!(never, told(&[(0, "Pr"), (110, "-r"), (910, "Pr")]));
    }

    /// A primary that steps down reads from 10 s after the majority is gone until 10 s after it is
    /// back; one that does not goes on.
    #[test]
    fn a_primary_steps_down_for_want_of_voters() {
        let up = || vec![Vec::new(), Vec::new()];
        let lapses = [span(50, 200), span(300, 310)];
        assert_eq!(voted("Ps", up(), (&lapses, false)), told(&[(0, "Ps")]));
        let expected = [(0, "Ps"), (60, "ds"), (210, "Ps")];
        assert_eq!(voted("Ps", up(), (&lapses, true)), told(&expected));
    }

    /// Promoted 2 s after the majority is back at 200 s, the new primary takes writes at once: the
    /// lapse that its predecessor would be told of until 210 s was none of its own.
    #[test]
    fn a_new_primary_has_not_stepped_down() {
        let quick = Timers {
            promote: 2_000_000_000,
            ..TIMERS
        };
        let down = vec![vec![span(100, 900)], Vec::new()];
        let lapses = [span(50, 200), span(400, 500)];
        let expected = [
            (0, "Ps"),
            (60, "ds"),
            (110, "-s"),
            (202, "-P"),
            (410, "-d"),
            (510, "-P"),
            (910, "sP"),
        ];
        assert_eq!(timed("Ps", down, (&lapses, true), quick), told(&expected));
    }
}

//! Shared addresses: a standby takes over the address of a lost node (VRRP).
//!
//! The standby notices that advertisements have stopped `after` the loss, RFC 5798, 6.1: three
//! intervals and the skew, 3.609 s at an interval of 1 s and priority 100. A standby that has
//! just come back must first have listened as long. The first owner takes its address back
//! `give_back` after its repair. Callers know the address only: they see it silent, not moved.

use super::seats::{Change, Leadership, instants};
use crate::fault::Span;
use crate::fault::span::{ended, holding, union};
use crate::lower::Seat;

/// Times of a pair, ns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timers {
    /// Loss to takeover.
    pub(super) after: u64,
    /// Repair to return.
    pub(super) give_back: u64,
}

/// Leadership where spares take over addresses, but not in `lapses`, when those who decide are too
/// few; `seats` as without faults.
pub(super) fn leadership(
    seats: &[Seat],
    down: Vec<Vec<Span>>,
    lapses: &[Span],
    timers: Timers,
) -> Leadership {
    let owners: Vec<usize> = (0..seats.len())
        .filter(|&node| seats[node] == Seat::Serving)
        .collect();
    let mut table = Table {
        down,
        lapses,
        timers,
        spares: owners.iter().map(|&owner| spares(seats, owner)).collect(),
        holders: owners.clone(),
        owners,
    };
    let mut moves = vec![(0, table.holders.clone())];
    for at in table.moments() {
        table.settle(at);
        if moves
            .last()
            .is_some_and(|(_, holders)| *holders != table.holders)
        {
            moves.push((at, table.holders.clone()));
        }
    }
    let changes = moves
        .iter()
        .map(|(at, holders)| table.change(*at, holders, seats))
        .collect();
    Leadership {
        changes,
        silent: table.silent(&moves),
    }
}

/// Those who stand behind an owner: the next ones up to another seat.
fn spares(seats: &[Seat], owner: usize) -> Vec<usize> {
    (owner + 1..seats.len())
        .take_while(|&node| seats[node] == Seat::Spare)
        .collect()
}

struct Table<'a> {
    down: Vec<Vec<Span>>,
    lapses: &'a [Span],
    timers: Timers,
    owners: Vec<usize>,
    /// By address: who can take it.
    spares: Vec<Vec<usize>>,
    /// By address, in the order of `owners`.
    holders: Vec<usize>,
}

impl Table<'_> {
    /// Every instant at which an address can change hands.
    fn moments(&self) -> Vec<u64> {
        let Timers { after, give_back } = self.timers;
        let edges = self.down.iter().flatten().flat_map(|span| {
            let (lost, back) = (span.start, span.end);
            [
                lost.saturating_add(after),
                back.saturating_add(after),
                back.saturating_add(give_back),
            ]
        });
        let again = self.down.iter().flatten().chain(self.lapses);
        let again = again.map(|span| span.end);
        instants(edges.chain(again).collect())
    }

    /// Lets addresses change hands at `at`.
    fn settle(&mut self, at: u64) {
        for address in 0..self.owners.len() {
            let (owner, holder) = (self.owners[address], self.holders[address]);
            let owner_up = holding(&self.down[owner], at).is_none();
            if holder != owner && owner_up {
                let back = ended(&self.down[owner], at).unwrap_or(0);
                if back.saturating_add(self.timers.give_back) <= at {
                    self.holders[address] = owner;
                    continue;
                }
            }
            let lost = holding(&self.down[holder], at).map(|span| span.start);
            if lost.is_some_and(|lost| lost.saturating_add(self.timers.after) <= at) {
                let heir = if owner_up {
                    Some(owner)
                } else {
                    self.free_spare(address, at)
                };
                self.holders[address] = heir.unwrap_or(holder);
            }
        }
    }

    /// The first spare of an address that is up and has listened long enough.
    fn free_spare(&self, address: usize, at: u64) -> Option<usize> {
        if holding(self.lapses, at).is_some() {
            return None;
        }
        self.spares[address].iter().copied().find(|spare| {
            let listening = ended(&self.down[*spare], at)
                .is_none_or(|back| back.saturating_add(self.timers.after) <= at);
            holding(&self.down[*spare], at).is_none() && listening
        })
    }

    fn change(&self, at: u64, holders: &[usize], seats: &[Seat]) -> Change {
        let mut change = Change {
            at,
            seats: seats.iter().map(|_| Seat::Spare).collect(),
            address: (0..seats.len()).collect(),
        };
        for (reader, _) in seats
            .iter()
            .enumerate()
            .filter(|(_, seat)| **seat == Seat::Reader)
        {
            change.seats[reader] = Seat::Reader;
        }
        for (&owner, &holder) in self.owners.iter().zip(holders) {
            change.seats[holder] = Seat::Serving;
            change.address[holder] = owner;
        }
        change
    }

    /// When the holder of each address is down; nodes without an address of their own answer for
    /// themselves.
    fn silent(&self, moves: &[(u64, Vec<usize>)]) -> Vec<Vec<Span>> {
        let mut silent = self.down.clone();
        for (address, &owner) in self.owners.iter().enumerate() {
            let mut spans = Vec::new();
            for (number, (start, holders)) in moves.iter().enumerate() {
                let end = moves.get(number + 1).map_or(u64::MAX, |next| next.0);
                let held = Span { start: *start, end };
                spans.extend(
                    self.down[holders[address]]
                        .iter()
                        .map(|span| span.and(held)),
                );
            }
            silent[owner] = union(spans);
        }
        silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::{ms, seconds};

    const TIMERS: Timers = Timers {
        after: 3_609_000_000,
        give_back: 1_000_000_000,
    };

    fn span(start: u64, end: u64) -> Span {
        Span {
            start: seconds(start),
            end: seconds(end),
        }
    }

    fn serving(leadership: &Leadership) -> Vec<(u64, usize)> {
        let place = |change: &Change| {
            change
                .seats
                .iter()
                .position(|seat| *seat == Seat::Serving)
                .expect("somebody serves")
        };
        leadership
            .changes
            .iter()
            .map(|change| (change.at, place(change)))
            .collect()
    }

    /// Lost at 10 s: taken over at 13.609 s; repaired at 60 s: given back at 61 s.
    #[test]
    fn takeover_and_give_back_by_hand() {
        let seats = [Seat::Serving, Seat::Spare];
        let leadership = leadership(&seats, vec![vec![span(10, 60)], Vec::new()], &[], TIMERS);
        assert_eq!(
            serving(&leadership),
            [(0, 0), (ms(13_609), 1), (seconds(61), 0)]
        );
        assert_eq!(
            leadership.silent[0],
            [Span {
                start: seconds(10),
                end: ms(13_609)
            }]
        );
        assert_eq!(leadership.at(seconds(20)).address[1], 0);
    }

    /// Those who decide are too few from 5 to 20 s: the standby answers as soon as they are back,
    /// and the first owner takes its address back without asking.
    #[test]
    fn nobody_takes_over_without_those_who_decide() {
        let seats = [Seat::Serving, Seat::Spare];
        let down = vec![vec![span(10, 60)], Vec::new()];
        let late = leadership(&seats, down.clone(), &[span(5, 20)], TIMERS);
        assert_eq!(serving(&late), [(0, 0), (seconds(20), 1), (seconds(61), 0)]);
        let never = leadership(&seats, down, &[span(5, 90)], TIMERS);
        assert_eq!(serving(&never), [(0, 0)]);
    }

    /// Two addresses with a standby each: both nodes of the first are down from 20 to 60 s, and the
    /// standby of the second stays where it is.
    #[test]
    fn a_standby_takes_no_other_address_than_its_own() {
        let seats = [Seat::Serving, Seat::Spare, Seat::Serving, Seat::Spare];
        let up = Vec::new;
        let down = vec![vec![span(10, 60)], vec![span(20, 60)], up(), up()];
        let found = leadership(&seats, down, &[], TIMERS);
        let holds = |at| found.at(at).seats.iter().map(|seat| *seat == Seat::Serving);
        assert!(holds(ms(13_609)).eq([false, true, true, false]));
        assert!(holds(seconds(50)).eq([false, true, true, false]));
        assert!(holds(seconds(61)).eq([true, false, true, false]));
        assert_eq!(
            found.silent[0],
            [
                Span {
                    start: seconds(10),
                    end: ms(13_609)
                },
                span(20, 60)
            ]
        );
    }

    #[test]
    fn a_loss_shorter_than_detection_moves_nothing() {
        let seats = [Seat::Serving, Seat::Spare];
        let leadership = leadership(&seats, vec![vec![span(10, 13)], Vec::new()], &[], TIMERS);
        assert_eq!(serving(&leadership), [(0, 0)]);
        assert_eq!(leadership.silent[0], [span(10, 13)]);
    }

    /// The standby is lost as well: the address stays silent until the standby is back and has
    /// listened for 3.609 s, or until the first owner is back, whichever comes first.
    #[test]
    fn both_down() {
        let seats = [Seat::Serving, Seat::Spare];
        let down = |owner, spare| vec![vec![owner], vec![spare]];
        let by_spare = leadership(&seats, down(span(10, 90), span(5, 40)), &[], TIMERS);
        assert_eq!(
            serving(&by_spare),
            [(0, 0), (ms(43_609), 1), (seconds(91), 0)]
        );
        let by_owner = leadership(&seats, down(span(10, 30), span(5, 40)), &[], TIMERS);
        assert_eq!(serving(&by_owner), [(0, 0)]);
        assert_eq!(by_owner.silent[0], [span(10, 30)]);
        // Holding standby lost at 20 s, owner back at 21 s: at 22 s it has its address.
        let handed = leadership(&seats, down(span(10, 21), span(20, 40)), &[], TIMERS);
        assert_eq!(
            serving(&handed),
            [(0, 0), (ms(13_609), 1), (seconds(22), 0)]
        );
        assert_eq!(
            handed.silent[0],
            [
                Span {
                    start: seconds(10),
                    end: ms(13_609)
                },
                span(20, 22)
            ]
        );
    }
}

//! Active health checks: what a caller believes, from what is true and when it looks.
//!
//! Checks follow each other at the interval, from the first one that tells another state until
//! that is believed at `fast`, and at `when_down` while the node is believed down (`HAProxy` 2.6,
//! *Configuration Manual*, `inter`, `fastinter`, `downinter`). A node that refuses fails a check
//! at once; one that is silent fails it after the timeout of the check, from which on the interval
//! counts. A node is believed down from the `fall`-th failed check in a row, and up again from the
//! `rise`-th good one. Time to down is U(0, interval) + (fall - 1) fast after a refusal, and
//! U(0, interval) + fall timeout + (fall - 1) fast in silence, as observed of `HAProxy`. An outage
//! between two checks is never seen; a check that waits when the silence ends is answered then.

use crate::fault::Span;
use crate::fault::span::holding;
use crate::model::Health;

/// The stretches in which a caller believes a node down that answers no check in `down` (ordered,
/// apart from each other), and is silent rather than refusing in `mute` (likewise), with its first
/// check at `phase` ns.
pub fn believed_down(down: &[Span], mute: &[Span], health: Health, phase: u64) -> Vec<Span> {
    let mut checks = Checks {
        health: Health {
            interval: health.interval.max(1),
            fast: health.fast.max(1),
            when_down: health.when_down.max(1),
            timeout: health.timeout.max(1),
            ..health
        },
        next: phase,
        failed: 0,
        good: 0,
        since: None,
        believed: Vec::new(),
    };
    let edges = down
        .iter()
        .chain(mute)
        .flat_map(|span| [span.start, span.end]);
    let mut edges: Vec<u64> = edges.collect();
    // A check that waits does not notice who else goes down or up meanwhile.
    let waits = |edge: u64| mute.iter().any(|span| span.start < edge && edge < span.end);
    edges.retain(|&edge| !waits(edge));
    edges.sort_unstable();
    edges.dedup();
    for pair in edges.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        checks.answer(start);
        if holding(mute, start).is_some() {
            checks.wait(end);
        } else if holding(down, start).is_some() {
            checks.fail(end);
        }
    }
    if edges.last() != Some(&u64::MAX) {
        checks.answer(u64::MAX);
    }
    checks.finish()
}

/// A caller that checks, up to an instant.
struct Checks {
    health: Health,
    /// When it begins its next check.
    next: u64,
    /// Failed checks in a row, while the node is believed up.
    failed: u32,
    /// Good checks in a row, while it is believed down.
    good: u32,
    /// Since when it believes the node down.
    since: Option<u64>,
    believed: Vec<Span>,
}

impl Checks {
    /// Until the check after the latest.
    fn pace(&self) -> u64 {
        match self.since {
            None if self.failed == 0 => self.health.interval,
            Some(_) if self.good == 0 => self.health.when_down,
            _ => self.health.fast,
        }
    }

    /// Passes over checks that tell nothing new, the last of them before `end`.
    fn pass(&mut self, end: u64, pace: u64) {
        let many = end.saturating_sub(self.next).div_ceil(pace);
        self.next = self.next.saturating_add(many.saturating_mul(pace));
    }

    /// Up to `end` all checks are answered.
    fn answer(&mut self, end: u64) {
        while self.next < end {
            if self.since.is_none() && self.failed == 0 {
                return self.pass(end, self.health.interval);
            }
            self.failed = 0;
            if let Some(start) = self.since {
                self.good += 1;
                if self.good >= self.health.rise {
                    let end = self.next;
                    self.believed.push(Span { start, end });
                    (self.since, self.good) = (None, 0);
                }
            }
            self.next = self.next.saturating_add(self.pace());
        }
    }

    /// Up to `end` all checks are refused.
    fn fail(&mut self, end: u64) {
        while self.next < end {
            if self.since.is_some() && self.good == 0 {
                return self.pass(end, self.health.when_down);
            }
            self.fails_at(self.next);
            self.next = self.next.saturating_add(self.pace());
        }
    }

    /// Up to `end` nothing is answered; a check that waits then is decided by what follows.
    fn wait(&mut self, end: u64) {
        let timeout = self.health.timeout;
        // From here on no timeout is over by `end`.
        let last = end.saturating_sub(timeout).saturating_add(1);
        while self.next < last && timeout <= end {
            let begun = self.next;
            if self.since.is_some() && self.good == 0 {
                self.pass(last, self.health.when_down.saturating_add(timeout));
            } else {
                self.fails_at(begun.saturating_add(timeout));
                self.next = begun.saturating_add(timeout).saturating_add(self.pace());
            }
        }
        self.next = self.next.max(end);
    }

    fn fails_at(&mut self, at: u64) {
        self.good = 0;
        if self.since.is_none() {
            self.failed += 1;
            if self.failed >= self.health.fall {
                (self.since, self.failed) = (Some(at), 0);
            }
        }
    }

    fn finish(mut self) -> Vec<Span> {
        let end = u64::MAX;
        self.believed
            .extend(self.since.map(|start| Span { start, end }));
        self.believed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::span::union;
    use crate::law::mix;
    use crate::lower::key::below;
    use crate::model::builder::{health, ms, seconds};

    /// Looks at every check, one after the other.
    fn slow(down: &[Span], mute: &[Span], health: Health, phase: u64, until: u64) -> Vec<Span> {
        let (mut up, mut failed, mut good) = (true, 0, 0);
        let mut believed: Vec<Span> = Vec::new();
        let within = |spans: &[Span], at| spans.iter().any(|span| span.contains(at));
        let mut at = phase;
        while at < until {
            // Waits in silence, ns by ns, until its timeout.
            let begun = at;
            while within(mute, at) && at < begun + health.timeout {
                at += 1;
            }
            let is_down = within(mute, begun) && at == begun + health.timeout || within(down, at);
            (failed, good) = if is_down {
                (failed + 1, 0)
            } else {
                (0, good + 1)
            };
            if up && failed == health.fall {
                up = false;
                believed.push(Span {
                    start: at,
                    end: u64::MAX,
                });
            } else if !up && good == health.rise {
                up = true;
                believed.last_mut().expect("it was down").end = at;
            }
            let is_settled = if up { failed == 0 } else { good == 0 };
            at += match up {
                _ if !is_settled => health.fast,
                true => health.interval,
                false => health.when_down,
            };
        }
        believed
    }

    /// Many random outages, shorter and longer than detection, against every check in turn.
    #[test]
    fn agrees_with_looking_at_every_check() {
        let mut word = 1;
        let mut next = |bound| {
            word = mix(word);
            below(word, bound)
        };
        let mut seen = 0;
        for _ in 0..2000 {
            let setting = Health {
                interval: 1 + next(20),
                fast: 1 + next(20),
                when_down: 1 + next(20),
                timeout: 1 + next(20),
                fall: 1 + next(4) as u32,
                rise: 1 + next(4) as u32,
            };
            let phase = next(setting.interval);
            let mut spans = || {
                let span = |_| Span::lasting(next(500), Some(next(80)));
                union((0..6).map(span).collect())
            };
            let (down, mute) = (spans(), spans());
            let quick = believed_down(&down, &mute, setting, phase);
            let all = union([&down[..], &mute].concat());
            assert_eq!(
                quick,
                slow(&all, &mute, setting, phase, 2000),
                "{down:?} {mute:?} {setting:?} {phase}"
            );
            seen += quick.len();
        }
        assert!(seen > 500, "the cases must show detections, not {seen}");
    }

    /// Interval 2 s, fall 3, rise 2: down between 4 and 6 s, back between 2 and 4 s.
    #[test]
    fn detection_lies_between_four_and_six_seconds() {
        let setting = health(seconds(2), 3, 2);
        let down = [Span {
            start: seconds(100),
            end: seconds(200),
        }];
        let mut sum = (0, 0);
        let phases = 2000;
        for k in 0..phases {
            let believed = believed_down(&down, &[], setting, k * ms(1));
            assert_eq!(believed.len(), 1);
            let fell = believed[0].start - seconds(100);
            let rose = believed[0].end - seconds(200);
            assert!((seconds(4)..seconds(6)).contains(&fell));
            assert!((seconds(2)..seconds(4)).contains(&rose));
            sum = (sum.0 + fell, sum.1 + rose);
        }
        // Means 5 s and 3 s, less half a step of the phases.
        assert_eq!(
            sum,
            (
                (seconds(5) - ms(1) / 2) * phases,
                (seconds(3) - ms(1) / 2) * phases
            )
        );
    }

    /// Interval 2 s, fast 500 ms, down 5 s, fall 3, rise 2: down 1 s after the first failed check,
    /// back 500 ms after the first good one, of which the first comes within 5 s.
    #[test]
    fn doubt_is_cleared_fast() {
        let setting = Health {
            fast: ms(500),
            when_down: seconds(5),
            ..health(seconds(2), 3, 2)
        };
        let down = [Span::lasting(seconds(101), Some(seconds(99)))];
        // Checks at 102.0, 102.5, 103.0 s; then at 108, 113, .. 198, 203 and 203.5 s.
        let expected = Span {
            start: seconds(103),
            end: ms(203_500),
        };
        assert_eq!(believed_down(&down, &[], setting, 0), [expected]);
        assert_eq!(setting.longest_detection(), seconds(3));
    }

    #[test]
    fn a_short_outage_is_never_seen_and_a_lasting_one_for_ever() {
        let setting = health(10, 3, 2);
        assert!(believed_down(&[Span { start: 11, end: 31 }], &[], setting, 0).is_empty());
        let lasting = [Span {
            start: 11,
            end: u64::MAX,
        }];
        assert_eq!(
            believed_down(&lasting, &[], setting, 0),
            [Span {
                start: 40,
                end: u64::MAX
            }]
        );
        // At the instant of the crash the check fails, at that of the repair it succeeds (S45).
        let exact = [Span { start: 10, end: 30 }];
        let twice = health(10, 2, 1);
        assert_eq!(
            believed_down(&exact, &[], twice, 0),
            [Span { start: 20, end: 30 }]
        );
    }

    /// Interval and timeout 2 s, fall 3: in silence between 10 and 12 s, where a refusal is known
    /// after 4 to 6 s.
    #[test]
    fn silence_is_known_three_timeouts_later_than_a_refusal() {
        let setting = health(seconds(2), 3, 2);
        let mute = [Span::lasting(seconds(100), Some(seconds(100)))];
        for k in 0..2000 {
            let believed = believed_down(&[], &mute, setting, k * ms(1));
            let refused = believed_down(&mute, &[], setting, k * ms(1));
            assert_eq!(believed[0].start, refused[0].start + 3 * seconds(2));
            assert!((seconds(110)..seconds(112)).contains(&believed[0].start));
        }
        // A check at 199 s waits when the silence ends: answered at 200 s, the second at 202 s.
        let quick = Health {
            timeout: seconds(3),
            ..health(seconds(2), 1, 2)
        };
        let mute = [Span::lasting(seconds(99), Some(seconds(101)))];
        let believed = believed_down(&[], &mute, quick, 0);
        // Checks at 100, 105, ... 200: that of 195 fails at 198.
        let expected = Span {
            start: seconds(103),
            end: seconds(202),
        };
        assert_eq!(believed, [expected]);
    }
}

//! Active health checks: what a caller believes, from what is true and when it looks.
//!
//! Check number k happens at `phase + k * interval`. A node is believed down from the `fall`-th
//! failed check in a row, and up again from the `rise`-th good one: time to down is
//! U(0, interval) + (fall - 1) interval, as observed of `HAProxy`. Checks go on at the same pace
//! while it is down. An outage between two checks is never seen.

use crate::fault::Span;
use crate::model::Health;

/// The stretches in which a caller believes a node down that is down in `down` (ordered, apart
/// from each other), with its first check at `phase` ns.
pub fn believed_down(down: &[Span], health: Health, phase: u64) -> Vec<Span> {
    let checks = Checks {
        interval: health.interval.max(1),
        phase,
    };
    let (fall, rise) = (u64::from(health.fall.max(1)), u64::from(health.rise.max(1)));
    let runs = checks.failing(down);
    let mut believed = Vec::new();
    let mut since = None;
    for (number, &(first, after)) in runs.iter().enumerate() {
        if since.is_none() && after - first >= fall {
            since = Some(checks.time(first + fall - 1));
        }
        let next = runs.get(number + 1).map_or(u64::MAX, |run| run.0);
        if let Some(start) = since.filter(|_| next - after >= rise && after < u64::MAX) {
            believed.push(Span {
                start,
                end: checks.time(after + rise - 1),
            });
            since = None;
        }
    }
    believed.extend(since.map(|start| Span {
        start,
        end: u64::MAX,
    }));
    believed
}

struct Checks {
    interval: u64,
    phase: u64,
}

impl Checks {
    /// When check number `k` happens.
    fn time(&self, k: u64) -> u64 {
        self.phase.saturating_add(k.saturating_mul(self.interval))
    }

    /// The first check at `at` or later; `u64::MAX` for never.
    fn from(&self, at: u64) -> u64 {
        match at {
            u64::MAX => u64::MAX,
            _ => at.saturating_sub(self.phase).div_ceil(self.interval),
        }
    }

    /// Runs of failed checks as (first, first good one after), with good checks between them.
    fn failing(&self, down: &[Span]) -> Vec<(u64, u64)> {
        let mut runs: Vec<(u64, u64)> = Vec::new();
        for span in down {
            let (first, after) = (self.from(span.start), self.from(span.end));
            match runs.last_mut() {
                _ if first == after => {}
                Some(last) if last.1 == first => last.1 = after,
                _ => runs.push((first, after)),
            }
        }
        runs
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
    fn slow(down: &[Span], health: Health, phase: u64, until: u64) -> Vec<Span> {
        let (mut up, mut failed, mut good) = (true, 0, 0);
        let mut believed: Vec<Span> = Vec::new();
        let mut at = phase;
        while at < until {
            let is_down = down.iter().any(|span| span.contains(at));
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
            at += health.interval;
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
                fall: 1 + next(4) as u32,
                rise: 1 + next(4) as u32,
            };
            let phase = next(setting.interval);
            let spans = (0..next(8))
                .map(|_| {
                    let start = next(500);
                    Span {
                        start,
                        end: start + next(80),
                    }
                })
                .collect();
            let down = union(spans);
            let quick = believed_down(&down, setting, phase);
            assert_eq!(
                quick,
                slow(&down, setting, phase, 2000),
                "{down:?} {setting:?} {phase}"
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
            let believed = believed_down(&down, setting, k * ms(1));
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

    #[test]
    fn a_short_outage_is_never_seen_and_a_lasting_one_for_ever() {
        let setting = health(10, 3, 2);
        assert!(believed_down(&[Span { start: 11, end: 31 }], setting, 0).is_empty());
        let lasting = [Span {
            start: 11,
            end: u64::MAX,
        }];
        assert_eq!(
            believed_down(&lasting, setting, 0),
            [Span {
                start: 40,
                end: u64::MAX
            }]
        );
        // At the instant of the crash the check fails, at that of the repair it succeeds (S45).
        let exact = [Span { start: 10, end: 30 }];
        let twice = health(10, 2, 1);
        assert_eq!(
            believed_down(&exact, twice, 0),
            [Span { start: 20, end: 30 }]
        );
    }
}

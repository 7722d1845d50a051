//! Alarms and what is done when they fire: pure functions over time.

use crate::lower::key::{self, Path};
use crate::model::{Alarm, Fault, Grade, Model};

/// The first look of an alarm: uniform over one period (S27), drawn once for (seed, replication,
/// alarm).
pub fn first_look(alarm: &Alarm, seed: u64, replication: u32) -> u64 {
    let path = Path::new("alarm").then(&alarm.name);
    key::below(key::draw(seed, replication, path, "phase"), alarm.every)
}

/// When an alarm fires: at the last of `consecutive` bad looks in a row; again only after a good
/// one. `looks` are times and whether what was seen is bad; a look that sees nothing is good.
pub fn firings(looks: impl IntoIterator<Item = (u64, bool)>, consecutive: u32) -> Vec<u64> {
    let mut fired = Vec::new();
    let mut bad = 0u32;
    for (at, is_bad) in looks {
        bad = if is_bad { bad.saturating_add(1) } else { 0 };
        if bad == consecutive.max(1) {
            fired.push(at);
        }
    }
    fired
}

/// A deed that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The alarm's number.
    pub alarm: usize,
    /// The response's number.
    pub response: usize,
    /// Begun, ns.
    pub begun: u64,
    /// Done, ns.
    pub done: u64,
    /// Whether it ended a fault.
    pub helped: bool,
}

/// What is done after alarms that first fired at `fired` (by alarm; `None`: never): of each
/// critical one its responses one after the other. The faults of `faults` that they end are cut
/// short.
pub fn respond(model: &Model, faults: &mut [Fault], fired: &[Option<u64>]) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for (number, (alarm, fired)) in model.alarms.iter().zip(fired).enumerate() {
        let Some(mut begun) = fired.filter(|_| alarm.grade == Grade::Critical) else {
            continue;
        };
        for (place, response) in alarm.respond.iter().enumerate() {
            let done = begun.saturating_add(response.takes);
            deeds.push(Deed {
                alarm: number,
                response: place,
                begun,
                done,
                helped: false,
            });
            begun = done;
        }
    }
    deeds.sort_by_key(|deed| deed.done);
    for deed in &mut deeds {
        let response = &model.alarms[deed.alarm].respond[deed.response];
        for fault in faults
            .iter_mut()
            .filter(|fault| response.ends(model, fault))
        {
            let end = fault.lasts.map(|lasts| fault.at.saturating_add(lasts));
            if fault.at >= deed.done && response.means.prevents() {
                fault.lasts = Some(0);
                deed.helped = true;
            } else if fault.at < deed.done && end.is_none_or(|end| end > deed.done) {
                fault.lasts = Some(deed.done - fault.at);
                deed.helped = true;
            }
        }
    }
    deeds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::{Builder, seconds};
    use crate::model::{
        Comparison, FaultKind, FaultTarget, Means, Metric, Objective, Response, Scope,
    };

    #[test]
    fn an_alarm_fires_at_the_last_bad_look_in_a_row_and_again_after_a_good_one() {
        let looks = [
            (10, true),
            (20, false),
            (30, true),
            (40, true),
            (50, true),
            (60, false),
        ];
        let more = [(70, true), (80, true)];
        let all = looks.into_iter().chain(more);
        assert_eq!(firings(all.clone(), 2), [40, 80]);
        assert_eq!(firings(all.clone(), 1), [10, 30, 70]);
        assert!(firings(all, 4).is_empty());
    }

    fn alarm(grade: Grade, respond: Vec<Response>) -> Alarm {
        Alarm {
            name: "slow".to_owned(),
            when: Objective {
                text: String::new(),
                scope: Scope::All,
                metric: Metric::ErrorRate,
                comparison: Comparison::Greater,
                bound: 0.1,
                of_successes: false,
                within: None,
            },
            every: seconds(60),
            consecutive: 1,
            grade,
            respond,
        }
    }

    /// A host that is lost at 10 s and a node of it that is slow from 5 s on. The alarm at 100 s
    /// has the process restarted (30 s), which helps neither, then the host replaced (60 s): both
    /// are over at 190 s, the crash that ends at 150 s is not touched.
    #[test]
    fn deeds_follow_each_other_and_end_what_they_are_good_for() {
        let mut b = Builder::new("t");
        let host = b.host("h", 4);
        let part = b.component("was", 2);
        b.on(part, &[host]);
        let mut model = b.build();
        let nodes = model.components[part.index()].nodes.clone();
        let fault = |kind, target, at, lasts: Option<u64>| Fault {
            kind,
            target,
            at: seconds(at),
            lasts: lasts.map(seconds),
        };
        let node = FaultTarget::Nodes(vec![nodes[0]]);
        let mut faults = [
            fault(FaultKind::Crash, FaultTarget::Host(host), 10, None),
            fault(FaultKind::Slow(4.0), node.clone(), 5, Some(1_000)),
            fault(FaultKind::Crash, node.clone(), 50, Some(100)),
            fault(FaultKind::Crash, node, 500, Some(100)),
        ];
        let response = |means, target, takes| Response {
            means,
            target,
            takes: seconds(takes),
        };
        let respond = vec![
            response(Means::Restart, FaultTarget::Nodes(nodes), 30),
            response(Means::Replace, FaultTarget::Host(host), 60),
        ];
        let before = faults.clone();
        model.alarms = vec![alarm(Grade::Warning, respond.clone())];
        assert_eq!(
            super::respond(&model, &mut faults, &[Some(seconds(100))]),
            []
        );
        assert_eq!(faults, before, "a warning calls nobody");
        model.alarms = vec![alarm(Grade::Critical, respond)];
        assert_eq!(super::respond(&model, &mut faults, &[None]), []);
        let deeds = super::respond(&model, &mut faults, &[Some(seconds(100))]);
        let times: Vec<_> = deeds
            .iter()
            .map(|deed| (deed.begun, deed.done, deed.helped))
            .collect();
        // The restart at 130 s ends the crash of the node; the replacement the rest.
        assert_eq!(
            times,
            [
                (seconds(100), seconds(130), true),
                (seconds(130), seconds(190), true)
            ]
        );
        let lasts: Vec<_> = faults.iter().map(|fault| fault.lasts).collect();
        let expected = [180, 185, 80, 100].map(|s| Some(seconds(s)));
        assert_eq!(lasts, expected);
    }

    /// A version that is wrong on the first node from 10 s on and would be on the second from 200 s
    /// on is rolled back at 130 s: the first is right again, the second never wrong. A restart of
    /// the second stays.
    #[test]
    fn a_roll_back_also_prevents_what_would_come() {
        let mut b = Builder::new("t");
        let part = b.component("was", 2);
        let mut model = b.build();
        let nodes = model.components[part.index()].nodes.clone();
        let fault = |kind, node, at, lasts: Option<u64>| Fault {
            kind,
            target: FaultTarget::Nodes(vec![node]),
            at: seconds(at),
            lasts: lasts.map(seconds),
        };
        let mut faults = [
            fault(FaultKind::Errors(0.3), nodes[0], 10, None),
            fault(FaultKind::Crash, nodes[1], 190, Some(10)),
            fault(FaultKind::Errors(0.3), nodes[1], 200, None),
        ];
        let back = Response {
            means: Means::RollBack,
            target: FaultTarget::Nodes(nodes),
            takes: seconds(30),
        };
        model.alarms = vec![alarm(Grade::Critical, vec![back])];
        let deeds = super::respond(&model, &mut faults, &[Some(seconds(100))]);
        assert!(deeds[0].helped && deeds[0].done == seconds(130));
        let lasts: Vec<_> = faults.iter().map(|fault| fault.lasts).collect();
        assert_eq!(lasts, [120, 10, 0].map(|s| Some(seconds(s))));
    }
}

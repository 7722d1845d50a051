//! A primary that is lost, and its standby.

use super::about;
use super::run::header;
use crate::experiment::result::drill::{Budget, BurnAlert, DrillResult, Event, Prevention};
use crate::experiment::result::{Named, Verdict};

fn event(at_s: f64, event: &'static str, text: &str, by: &'static str) -> Event {
    Event {
        at_s,
        event,
        text: text.to_owned(),
        by,
    }
}

/// Half a minute of nothing, found out by an alarm.
pub fn drill() -> DrillResult {
    let words = |text: &str| vec![text.to_owned()];
    DrillResult {
        header: header("drill"),
        replications: 20,
        wall_s: 2.0,
        verdict: Verdict::Fail,
        verdict_reason: "`error rate < 1%` fails".to_owned(),
        objectives: Vec::new(),
        timeline: vec![
            event(600.0, "occurred", "the incident begins", "fault"),
            event(600.0, "action", "db/1 crashes", "fault"),
            event(602.0, "felt", "users begin to feel it", "users"),
            event(
                623.0,
                "detected",
                "alarm errors tells those on duty",
                "monitoring",
            ),
            event(630.0, "mitigated", "the service is as before", "users"),
            event(
                923.0,
                "announced",
                "those concerned have been told",
                "responder",
            ),
            event(1_523.0, "action", "db/1 is replaced", "responder"),
            event(1_523.0, "ended", "everything is whole again", "responder"),
        ],
        cause: words("db/1 crashes"),
        points: words("db/1"),
        recovery: words("callers of db move to db/2"),
        detected_by: Named(vec![("errors".to_owned(), 19), ("customers".to_owned(), 1)]),
        unnoticed: 0,
        mttd_s: about(33.0, 12.0),
        mttr_s: about(30.0, 1.0),
        ended_s: about(933.0, 1.0),
        not_restored: 0,
        felt_s: about(28.0, 2.0),
        lost_requests: about(3_000.0, 1.0),
        lost_sessions: None,
        lost_writes: Some(8.0),
        budget: Budget {
            objective: 0.999,
            is_stated: false,
            spent: about(0.0116, 1.0),
            alerts: vec![BurnAlert {
                name: "page, 14.4x over 1 h",
                fired: 0,
                after_s: None,
            }],
        },
        prevention: vec![Prevention {
            component: "db/1".to_owned(),
            witness: "users -> was -> db".to_owned(),
            fix: "--set db.standbys=1".to_owned(),
        }],
        partial: false,
        warnings: Vec::new(),
    }
}

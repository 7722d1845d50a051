//! Alarms of a run.

use super::page::Page;
use super::style::Span;
use crate::experiment::result::RunResult;
use crate::experiment::result::part::AlarmSummary;
use crate::report::number::{self, Unit};

/// Each alarm: in how many runs it fired, when, and what was done; nothing without alarms.
pub fn alarms(page: &mut Page, run: &RunResult) {
    if run.alarms.is_empty() {
        return;
    }
    page.heading("ALARMS");
    for (name, alarm) in &run.alarms.0 {
        let fired = fired(alarm, run.replications);
        let mut told = vec![format!("{name} ({}): {fired}", alarm.when)];
        for response in &alarm.responses {
            let done = response.done_at_s.map_or("never begun".to_owned(), |at| {
                format!(
                    "done at {}, helped in {} of {}",
                    number::number(at, Unit::Seconds),
                    response.helped,
                    run.replications
                )
            });
            told.push(format!("{} {}: {done}", response.deed, response.target));
        }
        page.sentence(Span::plain("•"), &told.join("; "));
    }
}

fn fired(alarm: &AlarmSummary, replications: u32) -> String {
    let Some([mean, least, most]) = alarm.first_at_s else {
        return "never fired".to_owned();
    };
    let time = |seconds| number::number(seconds, Unit::Seconds);
    format!(
        "fired in {} of {replications}, first at {} ({} to {})",
        alarm.fired,
        time(mean),
        time(least),
        time(most)
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Style, render_run};
    use crate::experiment::result::Named;
    use crate::experiment::result::part::{AlarmSummary, ResponseSummary};
    use crate::report::sample;

    #[test]
    fn alarms_say_when_they_fired_and_what_was_done() {
        let mut run = sample::terminating();
        let replace = ResponseSummary {
            deed: "Replace",
            target: "h1".to_owned(),
            helped: 3,
            done_at_s: Some(720.0),
        };
        let alarm = |fired, first_at_s, responses| AlarmSummary {
            when: "p95 > 200ms".to_owned(),
            grade: "Critical",
            fired,
            first_at_s,
            responses,
        };
        run.alarms = Named(vec![
            (
                "slow".to_owned(),
                alarm(4, Some([420.0, 390.0, 460.0]), vec![replace]),
            ),
            ("errors".to_owned(), alarm(0, None, Vec::new())),
        ]);
        let text = render_run(&run, &Style::default());
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words.contains("ALARMS • slow (p95 > 200ms): fired in 4 of"),
            "{text}"
        );
        assert!(
            words.contains("Replace h1: done at 720s, helped in 3 of"),
            "{text}"
        );
        assert!(
            words.contains("errors (p95 > 200ms): never fired"),
            "{text}"
        );
    }
}

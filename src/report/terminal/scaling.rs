//! Nodes that come and go.

use super::page::Page;
use super::style::Span;
use crate::experiment::result::RunResult;
use crate::experiment::result::scaling::ScalingSummary;
use crate::report::number::{self, Unit};

/// Each autoscaled component in a sentence; nothing without any.
pub fn scaling(page: &mut Page, run: &RunResult) {
    let parts = run.components.iter();
    let scaled = parts.filter_map(|(name, part)| Some((name, part.autoscaling.as_ref()?)));
    let told: Vec<String> = scaled
        .map(|(name, scaling)| sentence(name, scaling, run.replications))
        .collect();
    if told.is_empty() {
        return;
    }
    page.heading("AUTOSCALING");
    for sentence in told {
        page.sentence(Span::plain("•"), &sentence);
    }
}

fn sentence(name: &str, scaling: &ScalingSummary, replications: u32) -> String {
    let count = |value| number::value(value, Unit::Count);
    let changes = |times: u64, nodes: u64, what: &str| match times {
        0 => format!("none {what}"),
        _ => format!(
            "{} {what} in {}",
            number::whole(nodes),
            number::whole(times)
        ),
    };
    format!(
        "{name} ({}): {} to {} nodes, {} in service on average, {} at most; {}, {} over {} \
         replications; {} node-hours each",
        scaling.target,
        scaling.min,
        scaling.max,
        count(&scaling.in_service.mean),
        scaling.in_service.max,
        changes(scaling.scale_outs, scaling.started, "started"),
        changes(scaling.scale_ins, scaling.stopped, "stopped"),
        replications,
        count(&scaling.node_hours),
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Style, render_run};
    use crate::experiment::result::part::LevelSummary;
    use crate::experiment::result::scaling::ScalingSummary;
    use crate::report::sample;
    use crate::statistics::Estimate;

    #[test]
    fn an_autoscaled_component_has_a_sentence() {
        let mut run = sample::terminating();
        let none = render_run(&run, &Style::default());
        assert!(!none.contains("AUTOSCALING"), "{none}");
        run.components.0[0].1.autoscaling = Some(ScalingSummary {
            min: 4,
            max: 12,
            target: "cpu <= 60%".to_owned(),
            in_service: LevelSummary {
                mean: Estimate::exact(6.25),
                max: 9,
            },
            node_hours: Estimate::exact(1.5),
            scale_outs: 7,
            scale_ins: 0,
            started: 31,
            stopped: 0,
            series: Vec::new(),
        });
        let text = render_run(&run, &Style::default());
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let expected = "(cpu <= 60%): 4 to 12 nodes, 6.25 in service on average, 9 at most; 31 \
                        started in 7, none stopped over";
        assert!(words.contains(expected), "{text}");
        assert!(words.contains("1.5 node-hours each"), "{text}");
    }
}

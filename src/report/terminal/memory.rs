//! What nodes hold, and how long that goes well.

use super::page::Page;
use super::style::{Paint, Span};
use crate::experiment::result::RunResult;
use crate::experiment::result::summary::MemorySummary;
use crate::report::number::{self, Unit};

/// A line for each component whose nodes have memories.
pub fn memory(page: &mut Page, run: &RunResult) {
    let parts = run.components.iter();
    let known: Vec<_> = parts
        .filter_map(|(name, part)| Some((name, part.memory.as_ref()?)))
        .collect();
    if known.is_empty() {
        return;
    }
    page.gap();
    for (name, memory) in known {
        page.labelled("MEMORY", &pieces(name, memory));
    }
}

fn pieces(name: &str, memory: &MemorySummary) -> Vec<Span> {
    let share = |bytes: f64| number::number(bytes / memory.size_bytes as f64, Unit::Share);
    let mean = memory
        .mean_bytes
        .value
        .map_or_else(|| "-".to_owned(), share);
    let mut pieces = vec![
        Span::plain(name),
        Span::plain(format!(
            "{mean} of {} MiB a node, at most {}",
            memory.size_bytes >> 20,
            share(memory.max_bytes as f64)
        )),
    ];
    if let (Some(left), Some(after)) = (memory.left_bytes_per_s.value, memory.full_after_s) {
        let mib = number::number(left * 3600.0 / f64::from(1 << 20), Unit::Count);
        let after = number::span(after);
        let text = format!("{mib} MiB left behind an hour: full {after} after a start");
        pieces.push(Span::new(text, Paint::Doubt));
    }
    if let Some(short) = memory.short_share.value.filter(|share| *share > 0.0) {
        let text = format!("short {} of the time", number::number(short, Unit::Share));
        pieces.push(Span::new(text, Paint::Doubt));
    }
    if memory.crashes > 0 {
        let times = if memory.crashes == 1 { "time" } else { "times" };
        let text = format!("full {} {times}", memory.crashes);
        pieces.push(Span::new(text, Paint::Bad));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::report::terminal::Style;
    use crate::statistics::Estimate;

    #[test]
    fn what_nodes_hold_is_told_in_a_line() {
        let mut run = sample::run();
        let part = &mut run.components.0[1];
        let mib = f64::from(1 << 20);
        part.1.memory = Some(MemorySummary {
            size_bytes: 2 << 30,
            mean_bytes: Estimate::exact(1024.0 * mib),
            max_bytes: 2 << 30,
            left_bytes_per_s: Estimate::exact(mib / 60.0),
            full_after_s: Some(7200.0),
            short_share: Estimate::exact(0.25),
            crashes: 2,
        });
        let name = part.0.clone();
        let style = Style {
            width: 200,
            ..Style::default()
        };
        let mut page = Page::new(&style);
        memory(&mut page, &run);
        let text = page.finish();
        let expected = format!("MEMORY       {name}   50.0 % of 2048 MiB a node, at most 100.0 %");
        assert!(text.contains(&expected), "{text}");
        let rest = "60.0 MiB left behind an hour: full 2 h after a start   short 25.0 % of the \
                    time   full 2 times";
        assert!(text.contains(rest), "{text}");
        run.components
            .0
            .iter_mut()
            .for_each(|part| part.1.memory = None);
        let mut page = Page::new(&style);
        memory(&mut page, &run);
        assert_eq!(page.finish().trim(), "");
    }
}

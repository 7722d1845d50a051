//! Reports for people: the verdict first, then what it rests on, then what to do next.
//!
//! Every function returns text that ends with a newline and holds no line wider than
//! [`Style::columns`]. Nothing here computes: numbers come from the results as they are.

mod alarms;
mod capacity;
mod compare;
mod cost;
mod curve;
mod drill;
mod economy;
mod estimate;
mod expected;
mod few;
mod fewest;
mod fit;
mod frontier;
mod highest;
mod keep;
mod links;
mod memory;
mod page;
mod parts;
mod plan;
mod profile;
mod run;
mod scaling;
mod simulated;
mod spof;
mod style;
mod sweep;
mod table;
mod time;
mod verdict;

pub use capacity::render_capacity;
pub use compare::render_compare;
pub use curve::render_curve;
pub use drill::render_drill;
pub use economy::cells as economy_cells;
pub use estimate::render_estimate;
pub use fewest::render_fewest;
pub use fit::render_fit;
pub use frontier::render_frontier;
pub use highest::render_highest;
pub use plan::render_plan;
pub use run::render_run;
pub use spof::render_spof;
pub use style::{Paint, Span, Style, columns_of, shortened};
pub use sweep::render_sweep;

use page::Page;

/// The last line of a command: which files it wrote and with which code it ends.
pub fn render_closing(saved: &[String], exit: u8, style: &Style) -> String {
    let mut page = Page::new(style);
    let mut pieces = Vec::new();
    if !saved.is_empty() {
        pieces.push(format!("saved {}", saved.join(", ")));
    }
    pieces.push(format!("exit {exit}"));
    page.remarks(&pieces);
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::statistics::{Estimate, Reason};

    /// Every report in every style.
    fn all(style: &Style) -> Vec<String> {
        vec![
            render_run(&sample::run(), style),
            render_run(&sample::saturated(), style),
            render_run(&sample::terminating(), style),
            render_curve(&sample::curve(), style),
            render_curve(&sample::open_curve(), style),
            render_estimate(&sample::estimate(), style),
            render_compare(&sample::compare(), style),
            render_spof(&sample::spof(), style),
            render_capacity(&sample::capacity(), style),
            render_highest(&sample::highest(), style),
            render_drill(&sample::drill(), "incident.md", style),
            render_closing(&vec!["out/summary.json".to_owned(); 9], 99, style),
        ]
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_or_ends_with_a_space() {
        for width in [60, 72, 80, 100, 140] {
            for ascii in [false, true] {
                let style = Style {
                    width,
                    ascii,
                    colour: false,
                };
                for line in all(&style).iter().flat_map(|text| text.lines()) {
                    assert!(columns_of(line) <= width, "{width}: {line:?}");
                    assert!(!line.ends_with(' '), "{line:?}");
                }
            }
        }
    }

    #[test]
    fn ascii_reports_hold_nothing_but_ascii() {
        let style = Style {
            ascii: true,
            ..Style::default()
        };
        for text in all(&style) {
            assert!(
                text.is_ascii(),
                "{:?}",
                text.chars().find(|sign| !sign.is_ascii())
            );
        }
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let coloured = all(&Style {
            colour: true,
            ..Style::default()
        });
        for (coloured, plain) in coloured.iter().zip(all(&Style::default())) {
            assert!(coloured.contains('\u{1b}'));
            let mut bare = String::new();
            let mut rest = coloured.as_str();
            while let Some(start) = rest.find('\u{1b}') {
                bare.push_str(&rest[..start]);
                rest = &rest[start + rest[start..].find('m').unwrap() + 1..];
            }
            bare.push_str(rest);
            assert_eq!(bare, plain);
        }
    }

    #[test]
    fn a_run_without_data_says_so_instead_of_showing_nothing() {
        let mut run = sample::saturated();
        let missing = Estimate::missing(Reason::NoData);
        (run.offered_rps, run.throughput_rps, run.error_rate) = (missing, missing, missing);
        run.components
            .0
            .iter_mut()
            .for_each(|(_, part)| part.utilisation = missing);
        (run.bottleneck, run.growth_per_s) = (None, None);
        let text = render_run(&run, &Style::default());
        assert!(
            text.contains("offered no data") && text.contains("answered no data"),
            "{text}"
        );
        assert!(text.contains("AppServer"), "{text}");
    }

    #[test]
    fn the_closing_line_names_files_and_code() {
        let text = render_closing(&["out/summary.json".to_owned()], 99, &Style::default());
        assert_eq!(text, "  saved out/summary.json · exit 99\n");
    }
}

//! Table of links.

use super::few::{few, more};
use super::page::Page;
use super::parts::{lone, utilisation};
use super::style::Span;
use super::table::{Side, Table};
use crate::experiment::result::{LinkSummary, RunResult};
use crate::report::number::{self, Unit};

/// What a guard did on a link; a column without content is not shown.
type Guarding = (&'static str, fn(&LinkSummary) -> Option<String>);

const GUARDS: [Guarding; 6] = [
    ("withheld", |link| some(link.retries_withheld)),
    ("opened", |link| {
        link.breaker
            .as_ref()
            .and_then(|breaker| some(breaker.opened))
    }),
    ("open", |link| {
        let breaker = link.breaker.as_ref().filter(|breaker| breaker.opened > 0)?;
        Some(lone(breaker.open_share.value, Unit::Share))
    }),
    ("refused", |link| {
        let broken = link.breaker.as_ref().map_or(0, |breaker| breaker.refused);
        some(broken + link.bulkhead_refused + link.rate_limit_refused)
    }),
    ("ejected", |link| {
        link.ejection
            .as_ref()
            .and_then(|ejection| some(ejection.ejected))
    }),
    ("left out", |link| {
        let ejection = link.ejection.as_ref().filter(|it| it.ejected > 0)?;
        Some(lone(ejection.out_share.value, Unit::Share))
    }),
];

fn some(count: u64) -> Option<String> {
    (count > 0).then(|| number::whole(count))
}

/// Links that have a pool or a bandwidth, or whose calls were repeated, late or failed.
pub fn links(page: &mut Page, run: &RunResult) {
    let told = |link: &LinkSummary| {
        let troubles = link.timeouts + link.retries + link.hedges + link.failed;
        link.pool.is_some() || !link.lines.is_empty() || troubles > 0
    };
    let waiting = |link: &LinkSummary| link.pool.as_ref().and_then(|p| p.waiting.mean.value);
    let trouble = |link: &LinkSummary| (link.timeouts + link.retries + link.failed) as f64;
    let all = run.links.iter().filter(|(_, link)| told(link));
    let (shown, others) = few(all, |(_, link)| {
        trouble(link) + waiting(link).unwrap_or(0.0)
    });
    if shown.is_empty() {
        return;
    }
    page.gap();
    let mut table = Table::new()
        .column("LINK", Side::Left, 0)
        .column("pool in use", Side::Right, 0)
        .column("waiting avg / max", Side::Right, 1)
        .column("pool wait", Side::Right, 2)
        .column("timeouts", Side::Right, 0)
        .column("retries", Side::Right, 0)
        .column("attempts per call", Side::Right, 3)
        .column("failed", Side::Right, 0);
    let lined = shown.iter().any(|(_, link)| !link.lines.is_empty());
    if lined {
        table = table.column("line busy", Side::Right, 0);
    }
    for (word, _) in GUARDS {
        table = table.column(word, Side::Right, 0);
    }
    for (name, link) in shown {
        let pool = link.pool.as_ref();
        let in_use = pool.map(|pool| {
            let of = pool
                .capacity
                .map_or_else(String::new, |all| format!(" of {all}"));
            format!("{}{of}", lone(pool.in_use.value, Unit::Count))
        });
        let waiting = pool.map(|pool| {
            format!(
                "{} / {}",
                lone(pool.waiting.mean.value, Unit::Count),
                pool.waiting.max
            )
        });
        let wait = pool.map(|pool| number::value(&pool.waiting_time_s, Unit::Seconds));
        let mut row = vec![
            Span::plain(name),
            Span::plain(in_use.unwrap_or_default()),
            Span::plain(waiting.unwrap_or_default()),
            Span::plain(wait.unwrap_or_default()),
            Span::plain(number::whole(link.timeouts)),
            Span::plain(number::whole(link.retries)),
            Span::plain(
                link.amplification
                    .map_or_else(String::new, |factor| format!("{factor:.3}")),
            ),
            Span::plain(number::whole(link.failed)),
        ];
        if lined {
            row.push(busiest_line(link));
        }
        row.extend(GUARDS.map(|(_, of)| Span::plain(of(link).unwrap_or_default())));
        table.row(row);
    }
    page.table(&table);
    more(page, others, "less troubled");
}

/// Utilisation of a link in its busier direction.
fn busiest_line(link: &LinkSummary) -> Span {
    let lines = link.lines.iter();
    let busy = lines.filter_map(|(_, line)| line.utilisation.value);
    busy.max_by(f64::total_cmp)
        .map_or_else(|| Span::plain(""), |value| utilisation(Some(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::{BreakerSummary, EjectionSummary};
    use crate::report::sample;
    use crate::report::terminal::Style;
    use crate::statistics::Estimate;

    fn text(run: &RunResult) -> String {
        let style = Style {
            width: 140,
            ..Style::default()
        };
        let mut page = Page::new(&style);
        links(&mut page, run);
        page.finish()
    }

    #[test]
    fn a_link_without_news_is_not_listed() {
        let mut run = sample::run();
        assert!(text(&run).contains("was->db"));
        let link = &mut run.links.0[0].1;
        (link.pool, link.timeouts, link.retries, link.failed) = (None, 0, 0, 0);
        assert_eq!(text(&run), "\n");
    }

    #[test]
    fn what_guards_did_has_a_column_only_where_they_did_it() {
        let mut run = sample::run();
        assert!(!text(&run).contains("withheld"));
        let link = &mut run.links.0[0].1;
        link.retries_withheld = 17;
        link.breaker = Some(BreakerSummary {
            opened: 3,
            open_share: Estimate::exact(0.25),
            refused: 0,
        });
        link.ejection = Some(EjectionSummary {
            ejected: 23,
            spared: 0,
            out_share: Estimate::exact(0.125),
        });
        let text = text(&run);
        assert!(text.contains("ejected") && text.contains(" 23"), "{text}");
        assert!(
            text.contains("left out") && text.contains("12.5 %"),
            "{text}"
        );
        assert!(text.contains("withheld") && text.contains(" 17"), "{text}");
        assert!(text.contains("opened") && text.contains("25.0 %"), "{text}");
        assert!(!text.contains("refused"), "{text}");
    }
}

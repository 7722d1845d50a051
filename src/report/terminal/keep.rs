//! What is kept beyond a request, and what of it is lost.

use super::page::Page;
use super::style::{Paint, Span};
use crate::experiment::result::RunResult;
use crate::experiment::result::session::SessionSummary;

/// A line for each component that keeps sessions, and for each whose writes others have late.
pub fn keep(page: &mut Page, run: &RunResult) {
    let parts = &run.components.0;
    if parts
        .iter()
        .all(|(_, part)| part.sessions.is_none() && part.lost_writes.is_none())
    {
        return;
    }
    page.gap();
    for (name, part) in parts {
        if let Some(sessions) = &part.sessions {
            page.labelled("SESSIONS", &pieces(name, sessions));
        }
        if let Some(lost) = part.lost_writes {
            let text = format!("{lost} answered writes lost by promotions");
            let paint = if lost > 0 { Paint::Bad } else { Paint::Plain };
            page.labelled(
                "WRITES",
                &[Span::plain(name.as_str()), Span::new(text, paint)],
            );
        }
    }
}

fn pieces(name: &str, sessions: &SessionSummary) -> Vec<Span> {
    let told = |count: u64, what: &str, paint| {
        let paint = if count > 0 { paint } else { Paint::Plain };
        Span::new(format!("{count} {what}"), paint)
    };
    vec![
        Span::plain(name),
        Span::plain(format!("{} begun", sessions.begun)),
        told(sessions.lost, "lost with their node", Paint::Bad),
        told(
            sessions.left_behind,
            "left behind at another node",
            Paint::Doubt,
        ),
        Span::plain(format!("{} at the end", sessions.live)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::report::terminal::Style;

    #[test]
    fn what_is_lost_is_told_in_a_line() {
        let mut run = sample::run();
        run.components.0[0].1.sessions = Some(SessionSummary {
            begun: 40,
            lost: 12,
            left_behind: 3,
            live: 25,
        });
        run.components.0[1].1.lost_writes = Some(7);
        let names = [0, 1].map(|place: usize| run.components.0[place].0.clone());
        let style = Style {
            width: 200,
            ..Style::default()
        };
        let mut page = Page::new(&style);
        keep(&mut page, &run);
        let text = page.finish();
        let sessions = format!(
            "SESSIONS     {}   40 begun   12 lost with their node   3 left behind at another node",
            names[0]
        );
        assert!(text.contains(&sessions), "{text}");
        let writes = format!(
            "WRITES       {}   7 answered writes lost by promotions",
            names[1]
        );
        assert!(text.contains(&writes), "{text}");
    }
}

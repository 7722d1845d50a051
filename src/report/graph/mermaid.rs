//! The server map for Mermaid.

use std::fmt::Write;

use super::map::{Map, Place};
use crate::model::Model;

/// The map of `model` as a Mermaid flowchart (mermaid.js.org, "Flowcharts"): left to right, hosts
/// as subgraphs.
pub fn mermaid(model: &Model) -> String {
    let map = Map::of(model);
    let mut text = String::from("flowchart LR\n");
    for (number, place) in map
        .places
        .iter()
        .enumerate()
        .filter(|(_, place)| place.frame.is_none())
    {
        write_place(&mut text, "    ", number, place);
    }
    for &host in &map.frames {
        let name = escaped(&model.hosts[host.index()].name);
        let _ = writeln!(text, "    subgraph h{}[\"{name}\"]", host.index());
        for (number, place) in map.places.iter().enumerate() {
            if place.frame == Some(host) {
                write_place(&mut text, "        ", number, place);
            }
        }
        text.push_str("    end\n");
    }
    for arrow in &map.arrows {
        let lines: Vec<String> = arrow
            .path
            .iter()
            .chain(&arrow.notes)
            .map(|line| escaped(line))
            .collect();
        let label = if lines.is_empty() {
            String::new()
        } else {
            format!("|\"{}\"|", lines.join("<br/>"))
        };
        let line = if arrow.spare { "-.->" } else { "-->" };
        let _ = writeln!(text, "    p{} {line}{label} p{}", arrow.from, arrow.to);
    }
    text
}

fn write_place(text: &mut String, indent: &str, number: usize, place: &Place) {
    let lines: Vec<String> = std::iter::once(&place.title)
        .chain(&place.notes)
        .map(|line| escaped(line))
        .collect();
    let label = lines.join("<br/>");
    let shape = if place.component.is_none() {
        format!("([\"{label}\"])")
    } else {
        format!("[\"{label}\"]")
    };
    let _ = writeln!(text, "{indent}p{number}{shape}");
    if place.external {
        let _ = writeln!(text, "{indent}style p{number} stroke-dasharray: 5 5");
    }
}

/// Text inside a quoted label: Mermaid writes entities with `#` in place of `&`.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' => out.push_str("#35;"),
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::Builder;

    #[test]
    fn labels_are_quoted_and_hosts_are_subgraphs() {
        let mut b = Builder::new("t");
        let (web, pay) = (b.component("a \"<&#>\"", 1), b.component("pay", 1));
        let h1 = b.host("h1", 1);
        b.on(web, &[h1]);
        b.model().components[pay.index()].external = true;
        b.call(web, pay);
        b.link(web, pay).pool = Some(5);
        b.open("users", 1.0, &[("page", web, 1.0)]);
        let text = mermaid(&b.build());
        assert!(
            text.starts_with("flowchart LR\n    p0([\"users<br/>workload\"])\n"),
            "{text}"
        );
        assert!(
            text.contains("    subgraph h0[\"h1\"]\n        p1[\"a #quot;#lt;#amp;#35;#gt;#quot;")
        );
        assert!(text.contains("    style p2 stroke-dasharray: 5 5\n"));
        assert!(text.contains("    p1 -->|\"pool 5\"| p2\n"));
        assert!(text.contains("    p0 --> p1\n"));
    }
}

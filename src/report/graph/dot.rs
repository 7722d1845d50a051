//! The server map for Graphviz.

use std::fmt::Write;

use super::map::{Map, Place};
use crate::model::Model;

/// The map of `model` in the DOT language (Graphviz, "The DOT Language"): left to right, hosts as
/// clusters.
pub fn dot(model: &Model) -> String {
    let map = Map::of(model);
    let mut text = format!("digraph \"{}\" {{\n", quoted(&model.name));
    text.push_str("    rankdir=LR;\n    node [shape=box, fontname=\"sans-serif\"];\n");
    text.push_str("    edge [fontname=\"sans-serif\", fontsize=10];\n");
    for (number, place) in map
        .places
        .iter()
        .enumerate()
        .filter(|(_, place)| place.frame.is_none())
    {
        write_place(&mut text, "    ", number, place);
    }
    for &host in &map.frames {
        let name = quoted(&model.hosts[host.index()].name);
        let _ = writeln!(text, "    subgraph cluster_{} {{", host.index());
        let _ = writeln!(text, "        label=\"{name}\";");
        for (number, place) in map.places.iter().enumerate() {
            if place.frame == Some(host) {
                write_place(&mut text, "        ", number, place);
            }
        }
        text.push_str("    }\n");
    }
    for arrow in &map.arrows {
        let lines: Vec<String> = arrow
            .path
            .iter()
            .chain(&arrow.notes)
            .map(|line| quoted(line))
            .collect();
        let label = lines.join("\\n");
        let style = if arrow.spare { ", style=dashed" } else { "" };
        let _ = writeln!(
            text,
            "    p{} -> p{} [label=\"{label}\"{style}];",
            arrow.from, arrow.to
        );
    }
    text.push_str("}\n");
    text
}

fn write_place(text: &mut String, indent: &str, number: usize, place: &Place) {
    let lines: Vec<String> = std::iter::once(&place.title)
        .chain(&place.notes)
        .map(|line| quoted(line))
        .collect();
    let style = match (place.component, place.external) {
        (None, _) => ", shape=ellipse",
        (_, true) => ", style=dashed",
        _ => "",
    };
    let _ = writeln!(
        text,
        "{indent}p{number} [label=\"{}\"{style}];",
        lines.join("\\n")
    );
}

/// Text inside a quoted string of DOT.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::Builder;

    #[test]
    fn every_box_and_link_is_written_once_inside_its_host() {
        let mut b = Builder::new("say \"hi\"");
        let (web, was) = (b.component("web", 1), b.component("was", 2));
        let h1 = b.host("h1", 1);
        b.on(web, &[h1]);
        let call = b.call(web, was);
        b.operation(web, "default", vec![call])
            .operation(was, "default", vec![]);
        b.open("users", 1.0, &[("page", web, 1.0)]);
        let text = dot(&b.build());
        assert!(text.starts_with("digraph \"say \\\"hi\\\"\" {\n"));
        assert!(
            text.contains("        p1 [label=\"web\\nComponent\"];\n    }\n"),
            "{text}"
        );
        assert!(text.contains("    p2 [label=\"was ×2\\nComponent\"];"));
        assert!(text.contains("    p0 [label=\"users\\nworkload\", shape=ellipse];"));
        assert!(text.contains("    p1 -> p2 [label=\"in turn\"];"));
        assert!(text.contains("    p0 -> p1 [label=\"\"];"));
        assert_eq!(text.matches(" -> ").count(), 2);
        assert_eq!(text.matches('{').count(), text.matches('}').count());
    }
}

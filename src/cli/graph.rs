//! `linchpin graph`: the server map.

use super::arguments::{GraphArguments, GraphFormat};
use super::exit::Exit;
use super::{load, output};
use crate::reliability::single_point::single_points;
use crate::reliability::structure::Structure;
use crate::report::graph::{self, Marks};
use std::path::Path;

/// Runs the command.
pub fn main(arguments: &GraphArguments) -> Exit {
    let loaded = match load::load(&arguments.input, true, &arguments.look) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let model = &loaded.model;
    let text = match arguments.format {
        GraphFormat::Svg => {
            let points = single_points(model, &Structure::of(model));
            graph::svg(model, &Marks::single_points(model, &points))
        }
        GraphFormat::Dot => graph::dot(model),
        GraphFormat::Mermaid => graph::mermaid(model),
    };
    let target = arguments.out.as_deref().unwrap_or(Path::new("-"));
    output::write_to(target, &text)
        .err()
        .unwrap_or(Exit::Success)
}

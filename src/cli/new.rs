//! `linchpin new`: a commented starter topology.

use super::arguments::{NewArguments, Template};
use super::exit::Exit;
use super::output;
use std::path::Path;

/// Runs the command.
pub fn main(arguments: &NewArguments) -> Exit {
    let text = match arguments.template {
        Template::Single => include_str!("templates/single.ron"),
        Template::ThreeTier => include_str!("../../topologies/three-tier.ron"),
        Template::Redundant => include_str!("../../topologies/slipp-redundant.ron"),
        Template::CacheAside => include_str!("templates/cache-aside.ron"),
    };
    let file = &arguments.file;
    let to_stdout = file == Path::new("-");
    if !to_stdout && file.exists() {
        output::warn(&format!(
            "error: {} is there already; name another file",
            file.display()
        ));
        return Exit::Failure;
    }
    if let Err(exit) = output::write_to(file, text) {
        return exit;
    }
    if !to_stdout {
        let name = file.display();
        output::warn(&format!(
            "wrote {name}; next: linchpin check {name}, linchpin run {name}"
        ));
    }
    Exit::Success
}

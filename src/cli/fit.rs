//! `linchpin fit`: laws and rates from logs and load tests.

use super::arguments::{FitArguments, FormatName, UnitName};
use super::exit::Exit;
use super::output;
use super::result::{self, Finished};
use crate::fit::log::{self, Format, Reading};
use crate::report;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Runs the command.
pub fn main(arguments: &FitArguments) -> Exit {
    answer(arguments).unwrap_or_else(|exit| exit)
}

fn answer(arguments: &FitArguments) -> Result<Exit, Exit> {
    let output = &arguments.output;
    result::prepare(output)?;
    let mut sources = Vec::new();
    for file in &arguments.files {
        let opened = open(file).map_err(|error| {
            output::warn(&format!("error: {}: {error}", file.display()));
            Exit::Failure
        })?;
        sources.push((file.display().to_string(), opened));
    }
    let names = sources.iter().map(|(name, _)| name.clone()).collect();
    let found = log::read(sources, &reading(arguments));
    let found = found.and_then(|log| crate::fit::fit(&log, names));
    let found = found.map_err(|why| {
        output::warn(&format!("error: {why}"));
        Exit::InvalidModel
    })?;
    result::publish(
        output,
        &Finished {
            json: &|| report::json::pretty(&found),
            files: &|| report::files_of_fit(&found),
            text: &|style| report::render_fit(&found, style),
            exit: Exit::Success,
        },
    )
}

fn reading(arguments: &FitArguments) -> Reading {
    Reading {
        format: arguments.format.map(|name| match name {
            FormatName::Access => Format::Access,
            FormatName::Jmeter => Format::Jmeter,
            FormatName::K6Csv => Format::K6Csv,
            FormatName::K6Json => Format::K6Json,
            FormatName::Ngrinder => Format::Ngrinder,
            FormatName::Table => Format::Table,
            FormatName::Points => Format::Points,
        }),
        unit_s: arguments.unit.map(|unit| match unit {
            UnitName::S => 1.0,
            UnitName::Ms => 1e-3,
            UnitName::Us => 1e-6,
        }),
        one_class: arguments.one_class,
    }
}

fn open(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    if path.is_dir() {
        return Err(std::io::Error::other("it is a directory"));
    }
    let file = File::open(path)?;
    let packed = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("gz"));
    Ok(if packed {
        Box::new(BufReader::new(MultiGzDecoder::new(file)))
    } else {
        Box::new(BufReader::new(file))
    })
}

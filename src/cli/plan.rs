//! `linchpin plan`: rates from people, virtual users from rates.

use super::arguments::PlanArguments;
use super::exit::Exit;
use super::output;
use crate::experiment::plan::{PlanInput, plan};
use crate::quantity::{Rate, Time};
use crate::report;

/// Runs the command.
pub fn main(arguments: &PlanArguments) -> Exit {
    let result = match plan(&input(arguments)) {
        Ok(result) => result,
        Err(problem) => {
            output::warn(&format!("error: {problem}"));
            return Exit::Usage;
        }
    };
    let written = match &arguments.json {
        Some(path) => output::write_to(path, &report::json::pretty(&result)),
        None => Ok(()),
    };
    let to_stdout = arguments
        .json
        .as_deref()
        .is_some_and(|path| path.as_os_str() == "-");
    let printed = if to_stdout {
        Ok(())
    } else {
        output::print(&report::render_plan(
            &result,
            &output::style(&arguments.look),
        ))
    };
    written.and(printed).err().unwrap_or(Exit::Success)
}

fn input(arguments: &PlanArguments) -> PlanInput {
    PlanInput {
        dau: arguments.dau.map(|users| users as f64),
        visits: arguments.visits,
        peak_ratio: arguments.peak_ratio,
        rate: arguments.rate.map(Rate::per_second),
        requests: arguments.requests.map(f64::from),
        request_duration: arguments.request_duration.map(Time::seconds),
        extra: arguments.extra.map(Time::seconds),
        think: arguments.think.map(Time::seconds),
    }
}

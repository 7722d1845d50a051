//! `linchpin plan`: rates from people, virtual users from rates.

use super::arguments::PlanArguments;
use super::exit::Exit;
use super::output;
use crate::experiment::plan::{Question, plan};
use crate::report;

/// Runs the command.
pub fn main(arguments: &PlanArguments) -> Exit {
    if arguments.dau.is_none() && arguments.rate.is_none() {
        output::warn("error: give --dau (users a day) or --rate (requests per second)");
        return Exit::Usage;
    }
    let result = match plan(&question(arguments)) {
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
    let to_stdout = arguments.json.as_deref().is_some_and(|path| path.as_os_str() == "-");
    let printed = if to_stdout {
        Ok(())
    } else {
        output::print(&report::render_plan(&result, &output::style(&arguments.look)))
    };
    written.and(printed).err().unwrap_or(Exit::Success)
}

fn question(arguments: &PlanArguments) -> Question {
    Question {
        daily_users: arguments.dau,
        visits: arguments.visits,
        peak_ratio: arguments.peak_ratio,
        rate_per_s: arguments.rate.map(|rate| rate.per_second()),
        requests: arguments.requests,
        request_duration_s: arguments.request_duration.map(|time| time.seconds()),
        extra_s: arguments.extra.map_or(0.0, |time| time.seconds()),
        think_s: arguments.think.map_or(0.0, |time| time.seconds()),
    }
}

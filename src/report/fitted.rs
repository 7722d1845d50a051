//! A topology that holds what was fitted: one server that answers as what was measured did.

use std::fmt::Write;

use crate::experiment::result::FitResult;
use crate::experiment::result::fit::{FittedClass, FittedLaw, LawName};

/// The likeliest law of each class as a wait of that class, under the measured rate and mix;
/// `None` without rate or law.
pub fn topology(fit: &FitResult) -> Option<String> {
    let rate = fit.arrivals.as_ref()?.rate_rps.value?;
    let with_law = |class: &&FittedClass| !class.laws.is_empty();
    let classes: Vec<&FittedClass> = fit.classes.iter().filter(with_law).collect();
    let requests: u64 = classes.iter().map(|class| class.requests).sum();
    if requests == 0 {
        return None;
    }
    let rate = rate * requests as f64 / fit.requests as f64;
    let mut text = String::from(
        "// Fitted to measured requests: each class waits as long as it was seen to take, without\n\
         // queues. Put work in its place (`Cpu`, `Disk`, `Call`) where you know who does it.\n\
         (\n    name: \"fitted\",\n    components: {\n        \"system\": AppServer(\n            \
         threads: Unlimited,\n            operations: {\n",
    );
    let names = names(&classes);
    for (class, name) in classes.iter().zip(&names) {
        let law = law(&class.laws[0]);
        let measured = class.name.replace(|c: char| c.is_control(), " ");
        let _never = writeln!(text, "                // {measured}");
        let _never = writeln!(text, "                {name:?}: [Wait({law})],");
    }
    text.push_str("            },\n        ),\n    },\n    entry: \"system\",\n");
    let _never = writeln!(
        text,
        "    workload: {{\n        \"users\": Open(\n            rate: \"{}/s\",",
        digits(rate)
    );
    text.push_str("            mix: {\n");
    for (name, share) in names.iter().zip(shares(&classes, requests)) {
        let _never = writeln!(text, "                {name:?}: {share},");
    }
    text.push_str("            },\n        ),\n    },\n)\n");
    Some(text)
}

/// Names that a topology can have, each once: `GET /a` becomes `GET-a`.
fn names(classes: &[&FittedClass]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for class in classes {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words = class.name.split(|c: char| !is_plain(c));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let mut name = words.join("-");
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name.insert_str(0, "class-");
        }
        let name = name.trim_end_matches('-').to_owned();
        let further = (2..).map(|number| format!("{name}-{number}"));
        let mut free = std::iter::once(name.clone()).chain(further);
        names.extend(free.find(|one| !names.contains(one)));
    }
    names
}

/// Shares of the classes in millionths, which add up to 1: the largest takes what rounding leaves.
fn shares(classes: &[&FittedClass], requests: u64) -> Vec<String> {
    let million = 1_000_000.0;
    let share = |class: &&FittedClass| {
        let share = class.requests as f64 / requests as f64 * million;
        (libm::round(share) as i64).max(1)
    };
    let mut all: Vec<i64> = classes.iter().map(share).collect();
    all[0] += 1_000_000 - all.iter().sum::<i64>();
    let written = all.iter().map(|&one| digits(one as f64 / million));
    written.collect()
}

/// A law as a topology writes it.
pub fn law(law: &FittedLaw) -> String {
    let mean = time(law.mean_s.value.unwrap_or(0.0));
    let cv = law.cv.and_then(|cv| cv.value).map(digits);
    let with_cv = |name: &str| {
        format!(
            "{name}(mean: {mean}, cv: {})",
            cv.clone().unwrap_or_default()
        )
    };
    match law.law {
        LawName::Exponential => format!("Exponential({mean})"),
        LawName::LogNormal => with_cv("LogNormal"),
        LawName::Gamma => with_cv("Gamma"),
        LawName::Weibull => with_cv("Weibull"),
        LawName::HyperExponential => with_cv("HyperExponential"),
    }
}

fn time(seconds: f64) -> String {
    let (number, unit) = match seconds {
        _ if seconds >= 1.0 => (seconds, "s"),
        _ if seconds >= 1e-3 => (seconds * 1e3, "ms"),
        _ => (seconds * 1e6, "us"),
    };
    format!("\"{}{unit}\"", digits(number))
}

/// Five significant digits, without an exponent and without trailing zeros.
fn digits(number: f64) -> String {
    let whole = libm::floor(libm::log10(number.abs().max(1e-9))) as i32;
    let decimals = usize::try_from((4 - whole).clamp(0, 9)).unwrap_or(0);
    let text = format!("{number:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_files_write_them() {
        for (number, text) in [
            (0.012_345_6, "0.012346"),
            (1.5, "1.5"),
            (123_456.7, "123457"),
            (0.9, "0.9"),
            (40.0, "40"),
        ] {
            assert_eq!(digits(number), text);
        }
        assert_eq!(time(0.0123), "\"12.3ms\"");
        assert_eq!(time(2.5e-5), "\"25us\"");
        assert_eq!(time(3.0), "\"3s\"");
    }
}

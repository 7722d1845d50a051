//! Inputs to vary from the command line: `--param 'was.replicas=1..8/8'`.
//!
//! Values are a list (`1, 2, 4`), a range (`5ms..20ms/4`: so many, evenly, ends included), a range
//! of even ratios (`log 1..1000/4`), or a law of an uncertain input (`Uniform("2ms", "8ms")`).

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Origin, code};
use crate::law::{Law, Uncertain};
use crate::model::parameter::{Measure, Parameter, Setting, Values};
use crate::syntax::path::parse;
use crate::syntax::splice::pieces;
use crate::syntax::tree::{Kind, Node, Tree};

/// How values are written.
const FORM: &str = "write it like 'was.replicas=1, 2, 4', 'db.service[0]=5ms..20ms/4', \
                    'rate=log 10/s..1000/s/5' or 'db.service[0]=Uniform(\"2ms\", \"8ms\")'";
/// Most values of a range.
const MOST: u32 = 10_000;

/// A refusal with the bytes that it is about.
type Refused = (String, Range<usize>);

/// Reads one `PATH=VALUES` of the flag called `flag`.
///
/// # Errors
/// What is no path or no values, shown in the flag.
pub fn parameter(flag: &str, text: &str) -> Result<Parameter, Box<Diagnostic>> {
    let in_flag = |error: Diagnostic| {
        let origin = Origin::Flag {
            name: flag.to_owned(),
            text: text.to_owned(),
        };
        Box::new(error.in_origin(origin))
    };
    let (_, equals) = parse(text).map_err(|error| in_flag(*error))?;
    let refused = |(message, span): Refused| {
        in_flag(
            Diagnostic::error(code::BAD_ASSIGNMENT, message)
                .at(span)
                .help(FORM),
        )
    };
    if !text[equals..].starts_with('=') {
        let message = "expected `=` and values".to_owned();
        return Err(refused((message, equals..text.len())));
    }
    let path = text[..equals].trim().to_owned();
    let (measure, values) = values(text, equals + 1).map_err(refused)?;
    let whole = equals + 1..text.len();
    fits_load(&path, measure, &values).map_err(|message| refused((message, whole)))?;
    Ok(Parameter {
        path,
        written: text[equals + 1..].trim().to_owned(),
        measure,
        values,
    })
}

/// Whether the values of a load are rates, or whole numbers of users.
fn fits_load(path: &str, measure: Measure, values: &Values) -> Result<(), String> {
    match path {
        "rate" if measure != Measure::Rate => {
            Err("`rate` is the total rate of the open workloads: a rate like 300/s".to_owned())
        }
        "users" => {
            let whole = |one: &Setting| one.number.is_some_and(|n| n.fract() == 0.0 && n < 1e7);
            match values {
                Values::Listed(all) if measure == Measure::Number && all.iter().all(whole) => {
                    Ok(())
                }
                _ => Err(
                    "`users` is the total number of users of the closed workloads: whole \
                          numbers, as in 100..400/4"
                        .to_owned(),
                ),
            }
        }
        _ => Ok(()),
    }
}

/// The values from byte `start` on.
fn values(text: &str, start: usize) -> Result<(Measure, Values), Refused> {
    let all: Vec<Range<usize>> = pieces(text, start)
        .into_iter()
        .map(|span| trimmed(text, span))
        .collect();
    if let Some(empty) = all.iter().find(|span| span.is_empty()) {
        return Err(("a value is missing".to_owned(), empty.clone()));
    }
    if let [one] = &all[..] {
        let inside = &text[one.clone()];
        if let Some((from, rest)) = inside.split_once("..").filter(|_| !inside.contains('(')) {
            return range(from, rest).map_err(|message| (message, one.clone()));
        }
        if let Some(law) = law(inside).map_err(|message| (message, one.clone()))? {
            return Ok((law.0, Values::Drawn(law.1)));
        }
    }
    listed(text, &all)
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let inside = &text[span.clone()];
    let start = span.start + inside.len() - inside.trim_start().len();
    start..start + inside.trim().len()
}

/// Values one by one; a quantity needs no quotes.
fn listed(text: &str, all: &[Range<usize>]) -> Result<(Measure, Values), Refused> {
    let mut settings: Vec<Setting> = Vec::new();
    let mut measure = None;
    for span in all {
        let written = &text[span.clone()];
        let found = Measure::read(bare(written));
        let setting = match found {
            Some((Measure::Number, _)) | None => Setting::new(written.to_owned()),
            Some(_) => Setting::new(format!("\"{}\"", bare(written))),
        };
        if settings.contains(&setting) {
            return Err((format!("{written} stands there twice"), span.clone()));
        }
        settings.push(setting);
        let own = found.map_or(Measure::Word, |found| found.0);
        measure = Some(match measure {
            Some(known) if known != own => Measure::Word,
            _ => own,
        });
    }
    Ok((measure.unwrap_or(Measure::Word), Values::Listed(settings)))
}

fn bare(text: &str) -> &str {
    text.trim().trim_matches('"')
}

/// `from`, `..`, `to/number`.
fn range(from: &str, rest: &str) -> Result<(Measure, Values), String> {
    let (is_log, from) = match from.trim().strip_prefix("log ") {
        Some(rest) => (true, rest),
        None => (false, from),
    };
    let count = |text: &str| text.trim().parse::<u32>().ok();
    let Some((to, number)) = rest
        .rsplit_once('/')
        .and_then(|(to, n)| Some((to, count(n)?)))
    else {
        return Err("a range ends with `/` and its number of values, as in 1..8/8".to_owned());
    };
    if !(2..=MOST).contains(&number) {
        return Err(format!("a range has 2 to {MOST} values, not {number}"));
    }
    let read = |text: &str| {
        Measure::read(bare(text)).ok_or(format!("`{}` is no quantity to count from", text.trim()))
    };
    let ((measure, low), (other, high)) = (read(from)?, read(to)?);
    if measure != other {
        return Err("both ends of a range have a unit of the same kind".to_owned());
    }
    if high <= low {
        return Err("the second end of a range is the larger one".to_owned());
    }
    if is_log && low <= 0.0 {
        return Err("even ratios begin above 0".to_owned());
    }
    let at = |place: u32| match place {
        0 => low,
        last if last == number - 1 => high,
        place => {
            let share = f64::from(place) / f64::from(number - 1);
            if is_log {
                low * libm::exp(share * libm::log(high / low))
            } else {
                low + (high - low) * share
            }
        }
    };
    let mut settings: Vec<Setting> = (0..number)
        .map(|place| measure.setting(at(place)))
        .collect();
    settings.dedup();
    if settings.len() < number as usize {
        return Err("so many values cannot be told apart: ask for fewer".to_owned());
    }
    Ok((measure, Values::Listed(settings)))
}

/// The law that a text is; `None` if it is none.
fn law(text: &str) -> Result<Option<(Measure, Uncertain)>, String> {
    let word = text.split('(').next().unwrap_or_default().trim();
    let Some((_, names)) = LAWS.iter().find(|(name, _)| *name == word) else {
        return Ok(None);
    };
    let example = |problem: String| {
        let all: Vec<String> = names.iter().map(|name| format!("{name}: ..")).collect();
        format!("{problem}; write it like {word}({})", all.join(", "))
    };
    let tree = Tree::parse(text).map_err(|error| example(error.message.clone()))?;
    let mut measure = None;
    let mut found = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let node = argument(tree.root(), place, name)
            .ok_or_else(|| example(format!("`{name}` is missing")))?;
        let (own, number) = Measure::read(bare(tree.slice(node)))
            .ok_or_else(|| example(format!("`{}` is no quantity", tree.slice(node))))?;
        if !matches!(*name, "cv" | "shape" | "stages") {
            if measure.is_some_and(|known| known != own) {
                return Err(example("its values have units of the same kind".to_owned()));
            }
            measure = Some(own);
        }
        found.push(number);
    }
    let given = tree.root().children().len();
    if given > names.len() {
        return Err(example(format!(
            "it has {} values, not {given}",
            names.len()
        )));
    }
    let law = made(word, &found).checked().map_err(example)?;
    Ok(measure.map(|measure| (measure, law)))
}

/// The laws by name, with the names of their values in order.
const LAWS: [(&str, &[&str]); 12] = [
    ("Uniform", &["from", "to"]),
    ("LogUniform", &["from", "to"]),
    ("Triangular", &["from", "mode", "to"]),
    ("Normal", &["mean", "cv"]),
    ("LogNormal", &["mean", "cv"]),
    ("Weibull", &["mean", "cv"]),
    ("Exponential", &["mean"]),
    ("Pareto", &["mean", "shape"]),
    ("Quantiles", &["p50", "p95", "p99"]),
    ("Gamma", &["mean", "cv"]),
    ("HyperExponential", &["mean", "cv"]),
    ("Erlang", &["mean", "stages"]),
];

/// The value with this name, or at this place where there are no names.
fn argument<'t>(node: &'t Node, place: usize, name: &str) -> Option<&'t Node> {
    match &node.kind {
        Kind::Struct(_, fields) => {
            let field = fields.iter().find(|field| field.name.text == name);
            field.map(|field| &field.value)
        }
        Kind::Tuple(_, values) => values.get(place),
        _ => None,
    }
}

fn made(word: &str, of: &[f64]) -> Uncertain {
    let (mean, second) = (of[0], of.get(1).copied().unwrap_or(0.0));
    let cv = second;
    let third = of.get(2).copied().unwrap_or(0.0);
    Uncertain::Law(match word {
        "LogUniform" => {
            return Uncertain::LogUniform {
                from: mean,
                to: second,
            };
        }
        "Triangular" => {
            return Uncertain::Triangular {
                from: mean,
                mode: second,
                to: third,
            };
        }
        "Uniform" => Law::Uniform {
            from: mean,
            to: second,
        },
        "Normal" => Law::Normal { mean, cv },
        "LogNormal" => Law::LogNormal { mean, cv },
        "Weibull" => Law::Weibull { mean, cv },
        "Gamma" => Law::Gamma { mean, cv },
        "HyperExponential" => Law::HyperExponential { mean, cv },
        "Pareto" => Law::Pareto {
            mean,
            shape: second,
            cap: None,
        },
        "Quantiles" => Law::Quantiles {
            p50: mean,
            p95: second,
            p99: third,
        },
        "Erlang" => Law::Erlang {
            mean,
            stages: second as u32,
        },
        _ => Law::Exponential { mean },
    })
}

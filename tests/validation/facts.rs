//! External truth: models, values and their sources, read from `facts.json`.

use serde::Deserialize;
use serde_json::Value;

/// All cases of `facts.json`.
#[derive(Deserialize)]
pub struct Facts {
    /// The cases.
    pub cases: Vec<Fact>,
}

/// One case: a model in words, what is known of it, and from where.
#[derive(Deserialize)]
pub struct Fact {
    /// Short name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// What it is about.
    pub family: String,
    /// How strong the truth is.
    pub kind: Kind,
    /// Whether the numbers were derived again.
    pub status: String,
    /// The model's numbers.
    #[serde(default)]
    pub params: Value,
    /// What is known.
    pub expect: Vec<Expectation>,
    /// From where.
    pub source: String,
}

/// How strong a truth is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Kind {
    /// A closed form or a chain solved exactly.
    #[serde(rename = "exact")]
    Exact,
    /// A law that always holds.
    #[serde(rename = "invariant")]
    Invariant,
    /// The limit of many small requests.
    #[serde(rename = "fluid limit")]
    Fluid,
    /// Known to be close.
    #[serde(rename = "approximation")]
    Approximation,
    /// Another program's simulation.
    #[serde(rename = "published-sim")]
    PublishedSimulation,
    /// A measurement of a real system.
    #[serde(rename = "measured")]
    Measured,
    /// Only the shape is known.
    #[serde(rename = "shape")]
    Shape,
}

impl Kind {
    /// The word of `facts.json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Invariant => "invariant",
            Self::Fluid => "fluid limit",
            Self::Approximation => "approximation",
            Self::PublishedSimulation => "published-sim",
            Self::Measured => "measured",
            Self::Shape => "shape",
        }
    }
}

/// One known number.
#[derive(Deserialize)]
pub struct Expectation {
    /// Of what.
    pub metric: String,
    /// The number.
    pub value: f64,
    /// How far off a result may be, as a share of the number.
    tol_rel: Option<f64>,
    /// The same in words.
    tolerance: Option<String>,
}

/// How far off a result may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// A share of the expected number.
    Relative(f64),
    /// In the unit of the number.
    Absolute(f64),
    /// Not at all, but for the last digits of a double.
    Exact,
    /// Nothing that a number could be held to.
    Words,
}

impl Facts {
    /// What the repository holds.
    ///
    /// # Panics
    /// When the file is not what it should be.
    pub fn read() -> Self {
        serde_json::from_str(include_str!("facts.json")).expect("facts.json can be read")
    }
}

impl Fact {
    /// Whether a result outside the tolerance is a failure: not for what is only shown.
    pub fn must_pass(&self) -> bool {
        match self.kind {
            Kind::Exact | Kind::Invariant | Kind::Fluid | Kind::Approximation => true,
            Kind::Measured => self.id == "usl-ray",
            Kind::PublishedSimulation | Kind::Shape => false,
        }
    }
}

impl Expectation {
    /// How far off a result may be.
    ///
    /// # Panics
    /// When an absolute tolerance is no number.
    pub fn tolerance(&self) -> Tolerance {
        match (self.tol_rel, self.tolerance.as_deref()) {
            (Some(share), _) => Tolerance::Relative(share),
            (None, Some("exact")) => Tolerance::Exact,
            (None, Some(text)) => match text.strip_prefix("abs ") {
                Some(number) => Tolerance::Absolute(number.parse().expect("abs NUMBER")),
                None if text.starts_with("below 1%") => Tolerance::Absolute(0.01),
                None => Tolerance::Words,
            },
            (None, None) => Tolerance::Words,
        }
    }

    /// The tolerance as it is printed.
    pub fn tolerance_text(&self) -> String {
        match (self.tolerance(), self.tolerance.as_deref()) {
            (Tolerance::Relative(share), _) => {
                let percent = (share * 1e6).round() / 1e4;
                format!("{percent} %")
            }
            (_, Some(text)) => text.split(" (").next().unwrap_or(text).to_owned(),
            (_, None) => String::new(),
        }
    }

    /// The tolerance in the unit of the number; `None` where there is none.
    pub fn width(&self) -> Option<f64> {
        match self.tolerance() {
            Tolerance::Relative(share) => Some(share * self.value.abs()),
            Tolerance::Absolute(width) => Some(width),
            Tolerance::Exact => Some(1e-9 * self.value.abs().max(1.0)),
            Tolerance::Words => None,
        }
    }
}

#[test]
fn the_facts_are_all_there() {
    let facts = Facts::read();
    assert_eq!(facts.cases.len(), 94);
    let checks: usize = facts.cases.iter().map(|case| case.expect.len()).sum();
    assert_eq!(checks, 277);
    for case in &facts.cases {
        assert!(!case.source.is_empty(), "{} has no source", case.id);
        assert!(!case.title.is_empty() && !case.status.is_empty());
        let is_judged = |one: &Expectation| one.width().is_some() || !case.must_pass();
        assert!(case.expect.iter().all(is_judged), "{}", case.id);
    }
}

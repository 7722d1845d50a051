//! The fewest nodes, or the cheapest machine, with which every objective is kept at a load.
//!
//! Mean demands give the least number that can carry the load at all; from there numbers are
//! doubled until a short run keeps every objective, and bisected. Around what that finds a test
//! goes on until it is decided, so that the answer and the number below it are both certain.
//! Machines are tried in the order of what the design costs with them.

mod certify;
mod conclude;

use std::time::Instant;

use super::bill::bill;
use super::fixed::{fixed, lasting};
use super::load_axis::{axis, own};
use super::replicate::Crew;
use super::result::LoadAxis;
use super::result::fewest::{FewestResult, TriedValue, Value};
use super::result::{BottleneckFinding, Warning};
use super::run::ExperimentError;
use super::scenario::{at_peak, put_load};
use super::settings::{Load, Settings};
use super::traffic::headroom;
use crate::lower::lower;
use crate::model::{ComponentId, Metric, Model, Role};
use certify::{Tested, certify, short};
use conclude::missing;

/// Room above the load that mean demands must leave.
const ROOM: f64 = 1.0;
/// Most steps from one number to the next once numbers are tested in earnest.
const STEPS: u32 = 64;

/// The model with a value, as the file writes it, at the path; `None` where the file refuses it.
pub type Rebuild<'a> = dyn Fn(&Value) -> Option<Model> + 'a;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FewestSettings {
    /// The path that is turned, for the result.
    pub find: String,
    /// Which values it may have.
    pub values: Values,
    /// So many nodes of the component may be lost.
    pub survive: u32,
    /// The component that the path belongs to.
    pub component: Option<String>,
}

/// Values of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// Whole numbers from the first to the last.
    Whole(u32, u32),
    /// Machines of the catalogue.
    Machines(Vec<String>),
}

/// Finds the least value that keeps every objective of the file under the load of `settings`, else
/// under the file's own. Stages are replaced by their peaks and scheduled faults left out.
///
/// # Errors
/// Without an objective that a run can judge, when the model has no such load or nodes that come
/// and go, when nodes of the component cannot be lost, when no machine has a price, and
/// [`ExperimentError::Refused`] when the file refuses a value.
pub fn fewest(
    model: &Model,
    settings: &Settings<'_>,
    asked: &FewestSettings,
    rebuild: &Rebuild<'_>,
) -> Result<FewestResult, ExperimentError> {
    let begun = Instant::now();
    let what = "what carries a load";
    fixed(model, what)?;
    lasting(model, what)?;
    judgeable(model)?;
    let wanted = settings.load.map(|load| match load {
        Load::Rate(_) => LoadAxis::Rate,
        Load::Users(_) => LoadAxis::Users,
    });
    let axis = axis(model, wanted, what)?;
    let mut search = Search {
        crew: Crew::new(settings.jobs)?,
        settings,
        asked,
        rebuild,
        load: match settings.load {
            Some(Load::Rate(rate)) => rate,
            Some(Load::Users(users)) => f64::from(users),
            None => own(&at_peak(model), axis),
        },
        axis,
        seen: Vec::new(),
        warnings: Vec::new(),
        partial: false,
    };
    search.may_be_lost(model)?;
    let end = match &asked.values {
        Values::Whole(least, most) => search.whole(*least, *most)?,
        Values::Machines(names) => search.machines(names)?,
    };
    let mut found = search.conclude(model, &end);
    found.wall_s = begun.elapsed().as_secs_f64();
    Ok(found)
}

/// Refuses a file without an objective that a run can judge.
fn judgeable(model: &Model) -> Result<(), ExperimentError> {
    let mut judged = model.objectives.iter();
    if !judged.any(|one| one.metric != Metric::Availability) {
        let text = "what carries a load keeps every objective at it, and the file has none that a \
                    run can judge: write `objectives: [\"p95 < 200ms\"]`";
        return Err(ExperimentError::Question(text.to_owned()));
    }
    Ok(())
}

struct Search<'s> {
    crew: Crew,
    settings: &'s Settings<'s>,
    asked: &'s FewestSettings,
    rebuild: &'s Rebuild<'s>,
    axis: LoadAxis,
    load: f64,
    seen: Vec<Seen>,
    warnings: Vec<Warning>,
    partial: bool,
}

/// A value that was looked at.
struct Seen {
    tried: TriedValue,
    busiest: Option<BottleneckFinding>,
}

/// Where the search ended.
#[derive(Clone, Debug, PartialEq)]
enum End {
    /// This value keeps every objective and the one below breaks one, or there is none below.
    Found(Value, Option<Value>),
    /// This value keeps every objective, or may; whether it or the one below does is undecided.
    Open(Option<Value>, Value),
    /// Not even this one does.
    Nothing(Value),
}

impl Search<'_> {
    /// Refuses a loss that says nothing.
    fn may_be_lost(&self, model: &Model) -> Result<(), ExperimentError> {
        if self.asked.survive == 0 {
            return Ok(());
        }
        let question = |text: String| Err(ExperimentError::Question(text));
        let Some(id) = self.component(model) else {
            let path = &self.asked.find;
            return question(format!(
                "--survive counts the lost nodes of a component, and `{path}` belongs to none: \
                 write --find COMPONENT.replicas"
            ));
        };
        let part = model.component(id);
        let name = &part.name;
        if part.external {
            return question(format!(
                "`{name}` is not yours to size: leave --survive out"
            ));
        }
        let mut nodes = part.nodes.iter();
        if nodes.any(|&node| model.node(node).role == Role::Standby) {
            return question(format!(
                "`{name}` has standbys, which take over from whom they stand behind: --survive \
                 counts equal nodes; `spof` tells what its losses do"
            ));
        }
        Ok(())
    }

    fn component(&self, model: &Model) -> Option<ComponentId> {
        model.component_named(self.asked.component.as_deref()?)
    }

    /// The model with a value under the load, ready for runs of any length.
    fn model(&self, value: &Value) -> Result<Model, ExperimentError> {
        let whole = (self.rebuild)(value).ok_or(ExperimentError::Refused)?;
        let mut model = at_peak(&whole);
        if let Some(load) = self.settings.load {
            put_load(&mut model, load)?;
        }
        model.run.duration = None;
        model.run.requests = None;
        model.run.replications = None;
        model.run.precision = None;
        Ok(model)
    }

    /// The same with so many nodes lost; why not, in words, where it could not go on.
    fn lessened(&self, model: &Model, lost: u32) -> Result<Model, String> {
        match (lost, self.component(model)) {
            (0, _) | (_, None) => Ok(model.clone()),
            (lost, Some(id)) => model.without(id, lost).map_err(|few| missing(model, few)),
        }
    }

    /// Whether mean demands leave room with a value, nodes being lost that may be.
    fn fits(&self, value: u32) -> Result<bool, ExperimentError> {
        let model = self.model(&Value::Whole(value))?;
        let Ok(less) = self.lessened(&model, self.asked.survive) else {
            return Ok(false);
        };
        Ok(match self.axis {
            LoadAxis::Rate => headroom(&lower(&less).program).is_none_or(|factor| factor > ROOM),
            LoadAxis::Users => true,
        })
    }

    /// The least number that fits; `most` where none does.
    fn first(&self, least: u32, most: u32) -> Result<u32, ExperimentError> {
        let (mut low, mut high) = (least, least);
        while high < most && !self.fits(high)? {
            low = high;
            high = high.max(1).saturating_mul(2).min(most);
        }
        while high - low > 1 {
            let middle = u32::midpoint(low, high);
            if self.fits(middle)? {
                high = middle;
            } else {
                low = middle;
            }
        }
        Ok(high)
    }

    fn whole(&mut self, least: u32, most: u32) -> Result<End, ExperimentError> {
        let first = self.first(least, most)?;
        let (mut low, mut high, mut step) = (None, first, 1);
        while high < most {
            match self.is_kept(high)? {
                None => return Ok(End::Open(None, Value::Whole(high))),
                Some(true) => break,
                Some(false) => low = Some(high),
            }
            high = high.saturating_add(step).min(most);
            step = step.saturating_mul(2);
        }
        while let Some(below) = low.filter(|&low| high - low > 1) {
            let middle = u32::midpoint(below, high);
            match self.is_kept(middle)? {
                None => return Ok(End::Open(None, Value::Whole(middle))),
                Some(true) => high = middle,
                Some(false) => low = Some(middle),
            }
        }
        self.settle(high, (least, most))
    }

    /// From a number that looks right to one that is.
    fn settle(&mut self, from: u32, (least, most): (u32, u32)) -> Result<End, ExperimentError> {
        let mut at = from;
        for _ in 0..STEPS {
            match self.is_certain(&Value::Whole(at))? {
                None => return Ok(End::Open(None, Value::Whole(at))),
                Some(false) if at == most => return Ok(End::Nothing(Value::Whole(most))),
                Some(false) => {
                    at += 1;
                    continue;
                }
                Some(true) => {}
            }
            if at == least {
                return Ok(End::Found(Value::Whole(at), None));
            }
            let below = Value::Whole(at - 1);
            match self.is_certain(&below)? {
                None => return Ok(End::Open(Some(Value::Whole(at)), below)),
                Some(false) => return Ok(End::Found(Value::Whole(at), Some(below))),
                Some(true) => at -= 1,
            }
        }
        Ok(End::Open(None, Value::Whole(at)))
    }

    /// Machines by what the design costs with them, those of equal cost by name.
    fn machines(&mut self, names: &[String]) -> Result<End, ExperimentError> {
        let mut priced = Vec::new();
        for name in names {
            let value = Value::Machine(name.clone());
            let model = (self.rebuild)(&value).ok_or(ExperimentError::Refused)?;
            let part = self.component(&model).map(|id| model.component(id));
            let node = part.and_then(|part| part.nodes.first());
            let has_price = node.is_some_and(|&node| model.node(node).cost.is_some());
            match bill(&model).filter(|_| has_price) {
                Some(bill) => priced.push((bill.per_month, name, value)),
                None => self.warnings.push(Warning {
                    code: "no_price",
                    text: format!("the machine `{name}` has no `cost` and was left out"),
                }),
            }
        }
        priced.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
        let Some((.., dearest)) = priced.last().cloned() else {
            let text = "the cheapest machine is sought by price, and no machine of the file has \
                        one: write machines: { \"m.large\": (cores: 4, cost: \"140/month\") }";
            return Err(ExperimentError::Question(text.to_owned()));
        };
        let same = priced
            .iter()
            .all(|one| one.0.total_cmp(&priced[0].0).is_eq());
        if same && priced.len() > 1 {
            self.warnings.push(Warning {
                code: "equal_prices",
                text: "the design costs the same with every machine, so that the first by name is \
                       given: a `cost` of the component stands in place of its machine's"
                    .to_owned(),
            });
        }
        let (mut below, mut open) = (None, None);
        for (_, _, value) in priced {
            match self.is_certain(&value)? {
                Some(true) => {
                    return Ok(match open {
                        None => End::Found(value, below),
                        Some(open) => End::Open(Some(value), open),
                    });
                }
                Some(false) => below = Some(value),
                None => open = open.or(Some(value)),
            }
            if self.partial {
                break;
            }
        }
        Ok(match open {
            Some(open) => End::Open(None, open),
            None => End::Nothing(dearest),
        })
    }

    /// Whether a short run keeps every objective; `None` when interrupted.
    fn is_kept(&mut self, number: u32) -> Result<Option<bool>, ExperimentError> {
        self.look(&Value::Whole(number), false)
    }

    /// Whether every objective is kept for sure; `None`: undecided.
    fn is_certain(&mut self, value: &Value) -> Result<Option<bool>, ExperimentError> {
        let mut known = self.seen.iter();
        if let Some(seen) = known.find(|one| one.tried.value == *value && one.tried.certified) {
            return Ok(seen.tried.kept);
        }
        self.look(value, true)
    }

    /// Looks at the states of a value, the one with most nodes lost first, until one breaks. What
    /// an interruption leaves half done is not kept.
    fn look(&mut self, value: &Value, certified: bool) -> Result<Option<bool>, ExperimentError> {
        let model = self.model(value)?;
        let mut lost = vec![self.asked.survive];
        if self.asked.survive > 0 {
            lost.push(0);
        }
        let (mut kept, mut states, mut busiest) = (Some(true), Vec::new(), None);
        for lost in lost {
            let tested = match self.lessened(&model, lost) {
                Err(reason) => Tested::at_once(lost, reason),
                Ok(less) if certified => certify(&less, &self.crew, self.settings, lost),
                Ok(less) => short(&less, &self.crew, self.settings, lost),
            };
            self.partial |= tested.partial;
            if self.partial {
                return Ok(None);
            }
            kept = match (kept, tested.look.kept) {
                (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
            states.push(tested.look);
            busiest = busiest.or(tested.busiest);
            if kept == Some(false) {
                break;
            }
        }
        let tried = TriedValue {
            value: value.clone(),
            kept,
            certified,
            cost_per_month: bill(&model).map(|bill| bill.per_month),
            states,
        };
        self.seen.retain(|one| one.tried.value != *value);
        self.seen.push(Seen { tried, busiest });
        Ok(kept)
    }
}

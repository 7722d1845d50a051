//! Classes, journeys and workloads, and where they enter.

use super::Resolver;
use super::names::check_name;
use super::pace::is_silent;
use crate::diagnostic::Diagnostic;
use crate::law::Law;
use crate::model::{self, Arrivals, Class, ClassId, Item, Journey, JourneyId, MixEntry, Workload};
use crate::quantity::{Count, Factor, Share, Users};
use crate::schema::{
    self, At, Closed, Level, Named, OnFailure, Open, Replay, Request, Stage, TimeLaw,
};
use crate::schema::{code, preset};

/// The class of requests where no mix names one.
pub(super) const PLAIN_CLASS: &str = "default";

impl Resolver<'_> {
    /// The journeys of the file; journeys of one request follow when workloads need them.
    pub(super) fn named_journeys(&mut self) {
        let file = self.file;
        for (name, items) in &file.journeys {
            if items.is_empty() {
                self.problems.push(
                    Diagnostic::error(code::MISSING, "a journey makes at least one request")
                        .at(name.span.clone())
                        .help("write one, as in `[Request(class: \"order\")]`"),
                );
            }
            let items = items
                .iter()
                .map(|Request::Request(row)| self.item(row))
                .collect();
            self.journeys.push(Journey {
                name: name.value.clone(),
                items,
                named: true,
            });
        }
    }

    fn item(&mut self, row: &schema::Row) -> Item {
        Item {
            class: self.class(&row.class),
            times: row
                .times
                .unwrap_or_else(|| preset::TIMES.read::<Count>())
                .get(),
            think: row.think.as_ref().map(|law| self.law(law)),
        }
    }

    /// The class that `at` names, new or not.
    pub(super) fn class(&mut self, at: &At<String>) -> ClassId {
        if !self.class_ids.contains_key(&at.value) {
            self.problems.extend(check_name(at, false));
        }
        self.class_called(&at.value)
    }

    fn class_called(&mut self, name: &str) -> ClassId {
        if let Some(id) = self.class_ids.get(name) {
            return ClassId::from(*id);
        }
        let stated = self.file.classes.get(name);
        let deadline = stated
            .and_then(|class| class.deadline)
            .map(crate::quantity::Time::nanos);
        let patience = stated.and_then(|class| class.patience.as_ref());
        let patience = patience.map(|law| self.law(&law.value));
        let priority = stated.and_then(|class| class.priority);
        let priority = priority.map_or(0, |priority| priority.get().min(i32::MAX as u64) as i32);
        self.classes.push(Class {
            name: name.to_owned(),
            deadline,
            priority,
            patience,
            entry: None,
        });
        let id = self.classes.len() - 1;
        self.class_ids.insert(name.to_owned(), id);
        ClassId::from(id)
    }

    /// The journey of one request of a class.
    pub(super) fn single(&mut self, class: ClassId) -> JourneyId {
        let is_it = |journey: &Journey| !journey.named && journey.items[0].class == class;
        let found = self.journeys.iter().position(is_it);
        JourneyId::from(found.unwrap_or_else(|| {
            let name = self.classes[class.index()].name.clone();
            let items = vec![Item {
                class,
                times: 1,
                think: None,
            }];
            self.journeys.push(Journey {
                name,
                items,
                named: false,
            });
            self.journeys.len() - 1
        }))
    }

    /// The workloads that are known, each with its place among all.
    pub(super) fn workloads(&mut self) -> Vec<Workload> {
        let file = self.file;
        let read = |(name, workload): &(At<String>, schema::Workload)| match workload {
            schema::Workload::Open(open) => self.open(name, open),
            schema::Workload::Closed(closed) => self.closed(name, closed),
            schema::Workload::Replay(replay) => self.replay(name, replay),
        };
        file.workload.iter().map(read).collect()
    }

    fn open(&mut self, name: &At<String>, open: &Open) -> Workload {
        let arrivals = self.open_arrivals(name, open);
        let (proxy, failure) = (open.behind_proxy.as_ref(), open.on_failure);
        let mut workload = workload(name, arrivals, proxy, failure);
        workload.mix = self.mix(open.mix.as_ref(), open.journeys.as_ref());
        workload.people = open.people.map(Count::get);
        if let (Some(proxy), None) = (&open.behind_proxy, open.people) {
            self.problems.push(
                Diagnostic::error(code::CONFLICT, "`behind_proxy` is a share of `people`")
                    .at(proxy.span.clone())
                    .help("add `people: 1_000`, or leave `behind_proxy` out"),
            );
        }
        workload
    }

    fn closed(&mut self, name: &At<String>, closed: &Closed) -> Workload {
        let users = closed.users.map_or(0, Users::get);
        let stages = self.stages(closed.stages.as_ref(), f64::from(users));
        if is_silent(f64::from(users), &stages) {
            self.problems.push(
                Diagnostic::error(code::MISSING, "this workload has no users")
                    .at(name.span.clone())
                    .help("write `users: 100`, or `stages: [..]` that lead to some"),
            );
        }
        let think = closed
            .think
            .clone()
            .unwrap_or_else(|| preset::THINK.read::<TimeLaw>());
        let think = self.law(&think);
        let arrivals = Arrivals::Closed {
            users,
            think,
            stages,
        };
        let (proxy, failure) = (closed.behind_proxy.as_ref(), closed.on_failure);
        let mut workload = workload(name, arrivals, proxy, failure);
        workload.mix = self.mix(closed.mix.as_ref(), closed.journeys.as_ref());
        workload
    }

    fn replay(&mut self, name: &At<String>, replay: &Replay) -> Workload {
        let arrivals = self.read_log(replay);
        if let Some(speed) = replay.speed
            && speed.value() > 1e9
        {
            let problem = Diagnostic::error(code::RANGE, "a replay a billion times as fast");
            self.problems.push(
                problem
                    .at(name.span.clone())
                    .help("write a smaller `speed`"),
            );
        }
        workload(name, arrivals, None, None)
    }

    pub(super) fn stages<L: Level>(
        &mut self,
        stages: Option<&At<Vec<Stage<L>>>>,
        mut level: f64,
    ) -> Vec<model::Stage> {
        let Some(stages) = stages else {
            return Vec::new();
        };
        if stages.value.is_empty() {
            self.problems.push(
                Diagnostic::error(code::MISSING, "no stage is written")
                    .at(stages.span.clone())
                    .help(
                        "write `Ramp(to: .., over: ..)` or `Hold(\"10m\")`, or leave `stages` out",
                    ),
            );
        }
        let mut all = Vec::new();
        for stage in &stages.value {
            let from = level;
            let (length, mix, journeys) = match stage {
                Stage::Ramp(ramp) => {
                    level = ramp.to.level();
                    if level > f64::from(L::MOST) {
                        let message = format!("a stage leads to {level}, beyond {}", L::MOST);
                        self.problems.push(
                            Diagnostic::error(code::TOO_MANY, message)
                                .at(stages.span.clone())
                                .help("write a lower level after `to`"),
                        );
                    }
                    let over = ramp.over.as_ref().map_or(0, |over| over.value.nanos());
                    (over, &ramp.mix, &ramp.journeys)
                }
                Stage::Hold(stay) => (stay.lasts.value.nanos(), &stay.mix, &stay.journeys),
            };
            let mix = match (mix, journeys) {
                (None, None) => Vec::new(),
                (mix, journeys) => self.mix(mix.as_ref(), journeys.as_ref()),
            };
            all.push(model::Stage {
                from,
                to: level,
                length,
                mix,
            });
        }
        all
    }

    /// Shares of journeys; without either map every journey is one request of a single class.
    fn mix(
        &mut self,
        mix: Option<&At<Named<Share>>>,
        journeys: Option<&At<Named<Share>>>,
    ) -> Vec<MixEntry> {
        match (mix, journeys) {
            (None, None) => {
                let class = self.class_called(PLAIN_CLASS);
                vec![MixEntry {
                    journey: self.single(class),
                    share: 1.0,
                }]
            }
            (Some(mix), None) => self.shares(mix, |resolver, name| {
                let class = resolver.class(name);
                Some(resolver.single(class))
            }),
            (None, Some(journeys)) => self.shares(journeys, |resolver, name| {
                if let Err(problem) = resolver.names.journeys.find(name, "journey") {
                    resolver.problems.push(*problem);
                }
                let is_it = |journey: &Journey| journey.named && journey.name == name.value;
                resolver
                    .journeys
                    .iter()
                    .position(is_it)
                    .map(JourneyId::from)
            }),
            (Some(mix), Some(journeys)) => {
                self.problems.push(
                    Diagnostic::error(code::CONFLICT, "`mix` and `journeys` both say who comes")
                        .at(journeys.span.clone())
                        .also(mix.span.clone(), "the other")
                        .help("a class of its own is a journey of one Request"),
                );
                self.mix(Some(mix), None)
            }
        }
    }

    /// Shares that add up to 1; those of 0 are left out.
    fn shares(
        &mut self,
        shares: &At<Named<Share>>,
        mut find: impl FnMut(&mut Self, &At<String>) -> Option<JourneyId>,
    ) -> Vec<MixEntry> {
        let sum: f64 = shares.value.iter().map(|(_, share)| share.value()).sum();
        if (sum - 1.0).abs() > 1e-6 {
            self.problems.push(
                Diagnostic::error(
                    code::RANGE,
                    format!("these shares add up to {sum}, not to 1"),
                )
                .at(shares.span.clone())
                .help("write shares that do"),
            );
        }
        let mut all = Vec::new();
        for (name, share) in &shares.value {
            let journey = find(self, name);
            if let (Some(journey), true) = (journey, share.value() > 0.0) {
                all.push(MixEntry {
                    journey,
                    share: share.value() / sum,
                });
            }
        }
        all
    }

    /// What is left when a log is read `speed` times as fast.
    pub(super) fn speed(replay: &Replay) -> f64 {
        replay
            .speed
            .unwrap_or_else(|| preset::REPLAY_SPEED.read::<Factor>())
            .value()
    }
}

/// A workload whose mix is still to come.
fn workload(
    name: &At<String>,
    arrivals: Arrivals,
    behind_proxy: Option<&At<Share>>,
    on_failure: Option<OnFailure>,
) -> Workload {
    let behind_proxy = match behind_proxy {
        Some(stated) => stated.value,
        None => preset::BEHIND_PROXY.read(),
    };
    Workload {
        name: name.value.clone(),
        arrivals,
        mix: Vec::new(),
        people: None,
        behind_proxy: behind_proxy.value(),
        on_failure: on_failure
            .unwrap_or_else(|| preset::ON_FAILURE.read())
            .model(),
    }
}

/// The journeys that a workload starts, in the order of its mixes.
pub(super) fn journeys_of(workload: &Workload) -> Vec<JourneyId> {
    let of = |mix: &[MixEntry]| mix.iter().map(|entry| entry.journey).collect::<Vec<_>>();
    let mut all = of(&workload.mix);
    match &workload.arrivals {
        Arrivals::Open { stages, .. } | Arrivals::Closed { stages, .. } => {
            all.extend(stages.iter().flat_map(|stage| of(&stage.mix)));
        }
        Arrivals::Replay { log, .. } => {
            let mut seen: Vec<JourneyId> = Vec::new();
            for (_, journey, _) in log {
                if !seen.contains(journey) {
                    seen.push(*journey);
                }
            }
            all.extend(seen);
        }
    }
    all
}

/// The classes that a workload sends, each once.
pub(super) fn classes_of(workload: &Workload, journeys: &[Journey]) -> Vec<ClassId> {
    let mut classes: Vec<ClassId> = Vec::new();
    for journey in journeys_of(workload) {
        for item in &journeys[journey.index()].items {
            if !classes.contains(&item.class) {
                classes.push(item.class);
            }
        }
    }
    classes
}

/// Whether a law is always 0.
pub(super) fn is_nothing(law: &Law) -> bool {
    law.mean() <= 0.0
}

//! Steps on their way into the model, and the short form of what a component does.

use super::Site;
use crate::diagnostic::Diagnostic;
use crate::model::{self, Contention, Count, Discipline, Operation, Resource, Tier};
use crate::schema::code;
use crate::schema::{At, Named, Parallel, Quorum, Step, Target, TimeLaw, Times, To, Way};

/// The operation of taking a message, which no file can name.
pub(super) const ACCEPT: &str = "(accept)";
/// Place of the CPU among the resources.
const CPU: usize = 0;
/// Place of the disk, where there is one.
const DISK: usize = 1;
/// Most steps of a component, with the branches of `Parallel(times: ..)` counted one by one.
pub(super) const STEPS_MAX: u64 = 100_000;

/// The operation that answers every class.
pub(super) fn passing(steps: Vec<model::Step>) -> Operation {
    named("default", steps)
}

/// An operation with a name.
pub(super) fn named(name: &str, steps: Vec<model::Step>) -> Operation {
    Operation {
        name: name.to_owned(),
        draws_as: name.to_owned(),
        tier: Tier::Members,
        steps,
        apply: 0.0,
    }
}

/// What a component does, in the short form or by operation.
pub(super) struct Work<'a> {
    /// CPU time.
    pub service: Option<&'a At<TimeLaw>>,
    /// Calls after it.
    pub calls: &'a [Target],
    /// Whom the request is then passed on to.
    pub to: Option<&'a To>,
    /// By operation.
    pub operations: &'a Named<Vec<Step>>,
}

impl Work<'_> {
    /// The operations, and the resources that they use: `cpu`, and a disk where one is used.
    pub fn translate(&self, site: &mut dyn Site, cpu: Resource) -> (Vec<Operation>, Vec<Resource>) {
        self.check(site);
        let mut steps = Translation {
            site,
            has_disk: false,
            copies: true,
        };
        let mut operations = Vec::new();
        if self.operations.is_empty() {
            operations.push(passing(self.short_form(&mut steps)));
        }
        let written: u64 = self.operations.iter().map(|(_, work)| size(work)).sum();
        if written > STEPS_MAX {
            steps.too_many(written);
            steps.copies = false;
        }
        for (name, work) in self.operations {
            operations.push(named(&name.value, steps.list(work, false)));
        }
        let disk = steps.has_disk.then(disk);
        (operations, [cpu].into_iter().chain(disk).collect())
    }

    fn short_form(&self, steps: &mut Translation<'_>) -> Vec<model::Step> {
        let service = self.service.map(|law| model::Step::Use {
            resource: CPU,
            demand: steps.site.time(&law.value),
        });
        let mut work: Vec<_> = service.into_iter().collect();
        for target in self.calls {
            work.push(model::Step::Call(steps.call(target)));
        }
        if let Some(to) = self.to {
            work.push(model::Step::Call(steps.site.pass(to, None)));
        }
        work
    }

    /// One form must be chosen.
    fn check(&self, site: &mut dyn Site) {
        if self.operations.is_empty() {
            if self.service.is_none() {
                let span = site.span();
                site.report(
                    Diagnostic::error(code::MISSING, "nothing says what this component does")
                        .at(span)
                        .help("write `service: \"5ms\"`, or `operations: {\"default\": [..]}`"),
                );
            }
            return;
        }
        let short = [
            ("service", self.service.map(|law| law.span.clone())),
            (
                "calls",
                self.calls.first().map(|target| target.to.span.clone()),
            ),
            ("to", self.to.map(|to| to.targets[0].0.span.clone())),
        ];
        for (field, span) in short {
            let Some(span) = span else { continue };
            site.report(
                Diagnostic::error(
                    code::CONFLICT,
                    format!("`{field}` beside `operations`: both say what is done"),
                )
                .at(span)
                .help(format!("move `{field}` into the operation \"default\"")),
            );
        }
    }
}

/// Steps that stand in for a call; `resources` are those of the caller, which gets a disk where
/// one is used.
pub(super) fn instead(
    site: &mut dyn Site,
    work: &[Step],
    resources: &mut Vec<Resource>,
) -> Vec<model::Step> {
    let copies = size(work) <= STEPS_MAX;
    let mut steps = Translation {
        site,
        has_disk: false,
        copies,
    };
    if !copies {
        steps.too_many(size(work));
    }
    let list = steps.list(work, true);
    if steps.has_disk && resources.len() == DISK {
        resources.push(disk());
    }
    list
}

/// The one disk of a node, first come, first served.
fn disk() -> Resource {
    Resource {
        name: "disk",
        servers: Some(1),
        discipline: Discipline::Fcfs,
        contention: Contention::default(),
        rates: model::Rates::default(),
        is_cpu: false,
    }
}

/// Number of steps, with equal branches counted one by one.
fn size(steps: &[Step]) -> u64 {
    let one = |step: &Step| match step {
        Step::Parallel(Parallel::Branches(branches)) => branches.iter().map(|b| size(b)).sum(),
        Step::Parallel(Parallel::Times(times, steps)) => {
            size(steps).max(1).saturating_mul(u64::from(times.get()))
        }
        Step::Quorum(quorum) => quorum.of.iter().map(|b| size(b)).sum(),
        Step::OneOf(ways) => ways.value.iter().map(|way| size(&way.steps)).sum(),
        Step::Chance(chance) => size(&chance.then).saturating_add(size(&chance.otherwise)),
        Step::Repeat(repeat) => size(&repeat.steps),
        Step::Cached(cached) => size(&cached.miss),
        _ => 0,
    };
    steps.iter().fold(0, |sum: u64, step| {
        sum.saturating_add(1).saturating_add(one(step))
    })
}

/// Steps on their way into the model.
struct Translation<'a> {
    site: &'a mut dyn Site,
    has_disk: bool,
    /// Whether `Parallel(times: ..)` is written out; not where that would be too much.
    copies: bool,
}

impl Translation<'_> {
    fn too_many(&mut self, written: u64) {
        let span = self.site.span();
        let message = format!("{written} steps are more than the {STEPS_MAX} allowed");
        self.site.report(
            Diagnostic::error(code::TOO_MANY, message)
                .at(span)
                .help("write fewer branches in `Parallel(times: ..)`"),
        );
    }

    /// A list of steps; `inside` a branch or loop, which cannot be left for good.
    fn list(&mut self, steps: &[Step], inside: bool) -> Vec<model::Step> {
        for (place, step) in steps.iter().enumerate() {
            let Step::Forward(target) = step else {
                continue;
            };
            let (message, help) = if inside {
                (
                    "Forward cannot hand over a branch, a turn of a loop, the filling of a cache \
                     or a fallback",
                    "write Call here",
                )
            } else if place + 1 < steps.len() {
                (
                    "the steps after this Forward never run",
                    "put Forward last, or write Call",
                )
            } else {
                continue;
            };
            self.site.report(
                Diagnostic::error(code::CONFLICT, message)
                    .at(target.to.span.clone())
                    .help(help),
            );
        }
        steps.iter().map(|step| self.step(step, inside)).collect()
    }

    fn step(&mut self, step: &Step, inside: bool) -> model::Step {
        match step {
            Step::Cpu(law) => self.demand(CPU, law),
            Step::Disk(law) => {
                self.has_disk = true;
                self.demand(DISK, law)
            }
            Step::Wait(law) => model::Step::Wait(self.site.time(law)),
            Step::Reply(law) => model::Step::Send {
                size: self.site.size(law),
            },
            Step::Call(target) => model::Step::Call(self.call(target)),
            Step::Forward(target) => {
                let call = self.call(target);
                self.site.forwards(&call, target.to.span.clone());
                model::Step::Forward(call)
            }
            Step::Publish(target) => {
                self.site.queue(&target.to);
                let call = self.call(target);
                model::Step::Publish {
                    deliver: model::Call {
                        request: None,
                        ..call.clone()
                    },
                    accept: model::Call {
                        operation: Some(ACCEPT.to_owned()),
                        ..call
                    },
                }
            }
            Step::Parallel(parallel) => model::Step::Parallel(self.branches(parallel)),
            Step::Quorum(quorum) => self.quorum(quorum),
            Step::OneOf(ways) => self.one_of(ways, inside),
            Step::Chance(chance) => model::Step::Chance {
                share: chance.p.value(),
                then: self.list(&chance.then, inside),
                otherwise: self.list(&chance.otherwise, inside),
            },
            Step::Repeat(repeat) => model::Step::Repeat {
                times: match repeat.times {
                    Times::Exactly(number) => Count::Times(number),
                    Times::Geometric(mean) => Count::Geometric(mean),
                },
                steps: self.list(&repeat.steps, true),
            },
            Step::Cached(cached) => {
                let hit = self.site.hit(&cached.r#in);
                model::Step::Cached {
                    lookup: self.site.call(&cached.r#in, None),
                    hit: hit.unwrap_or(super::contents::GUESS),
                    miss: self.list(&cached.miss, inside || hit.is_none()),
                }
            }
        }
    }

    fn demand(&mut self, resource: usize, law: &TimeLaw) -> model::Step {
        model::Step::Use {
            resource,
            demand: self.site.time(law),
        }
    }

    fn call(&mut self, target: &Target) -> model::Call {
        let request = target.request.as_ref().map(|law| self.site.size(law));
        self.site.call(&target.to, request)
    }

    fn branches(&mut self, parallel: &Parallel) -> Vec<Vec<model::Step>> {
        match parallel {
            Parallel::Branches(branches) => branches
                .iter()
                .map(|branch| self.list(branch, true))
                .collect(),
            Parallel::Times(times, steps) => {
                let copies = if self.copies { times.get() } else { 1 };
                vec![self.list(steps, true); copies as usize]
            }
        }
    }

    fn quorum(&mut self, quorum: &Quorum) -> model::Step {
        let Quorum { need, of } = quorum;
        if need.value.get() as usize > of.len() {
            let message = format!("{} of {} branches cannot succeed", need.value, of.len());
            self.site.report(
                Diagnostic::error(code::RANGE, message)
                    .at(need.span.clone())
                    .help("write a `need` of at most the number of branches, or more branches"),
            );
        }
        model::Step::Quorum {
            need: need.value.get(),
            of: of.iter().map(|branch| self.list(branch, true)).collect(),
        }
    }

    /// Several ways as a tree of choices between two.
    fn one_of(&mut self, ways: &At<Vec<Way>>, inside: bool) -> model::Step {
        let sum: f64 = ways.value.iter().map(|way| way.share.value()).sum();
        if (sum - 1.0).abs() > 1e-6 {
            let message = format!("the shares of these ways add up to {sum}, not to 1");
            self.site.report(
                Diagnostic::error(code::RANGE, message)
                    .at(ways.span.clone())
                    .help("a way that does nothing is written with `steps: []`"),
            );
        }
        let ways = ways.value.iter();
        let lists = ways.map(|way| (way.share.value(), self.list(&way.steps, inside)));
        choice(&lists.filter(|(share, _)| *share > 0.0).collect::<Vec<_>>())
    }
}

/// One of some ways with positive shares.
fn choice(ways: &[(f64, Vec<model::Step>)]) -> model::Step {
    let weight = |ways: &[(f64, Vec<model::Step>)]| ways.iter().map(|(share, _)| share).sum();
    let steps = |ways: &[(f64, Vec<model::Step>)]| match ways {
        [] => Vec::new(),
        [(_, steps)] => steps.clone(),
        more => vec![choice(more)],
    };
    let (first, rest) = ways.split_at(ways.len() / 2);
    let (one, other): (f64, f64) = (weight(first), weight(rest));
    model::Step::Chance {
        share: if one > 0.0 { one / (one + other) } else { 0.0 },
        then: steps(first),
        otherwise: steps(rest),
    }
}

//! What several kinds share: their CPU and permits, and the translation of steps.

use super::Site;
use crate::diagnostic::Diagnostic;
use crate::model::{self, Contention, Count, Discipline, Operation, Permits, Resource, Tier};
use crate::quantity::{self, Limit};
use crate::topology::code;
use crate::topology::defaults::Preset;
use crate::topology::schema::{self, At, Named, Parallel, Step, Target, TimeLaw, Times, To};

/// Place of the CPU among the resources.
const CPU: usize = 0;
/// Place of the disk, where there is one.
const DISK: usize = 1;
/// Most nodes of a component.
const NODES_MAX: u64 = 1_000;
/// Most steps of a component, with the branches of `Parallel(times: ..)` counted one by one.
const STEPS_MAX: u64 = 100_000;

/// The default of `cores`.
pub(super) const fn cores(of: &'static str) -> Preset {
    Preset {
        of,
        field: "cores",
        value: "2",
        source: "linchpin's choice because two cores are the smallest machine rented for servers",
    }
}

/// The default of `discipline`.
pub(super) const fn discipline(of: &'static str) -> Preset {
    Preset {
        of,
        field: "discipline",
        value: "ProcessorSharing",
        source: "linchpin's choice because operating systems share a CPU by time slices",
    }
}

/// The operation that answers every class.
pub(super) fn passing(steps: Vec<model::Step>) -> Operation {
    operation("default", steps)
}

fn operation(name: &str, steps: Vec<model::Step>) -> Operation {
    Operation {
        name: name.to_owned(),
        tier: Tier::Members,
        steps,
        apply: 0.0,
    }
}

/// Number of identical nodes.
pub(super) fn replicas(site: &mut dyn Site) -> u32 {
    let stated = site.shared().replicas.clone();
    let Some(stated) = stated else { return 1 };
    let number = u64::from(stated.value.get());
    if number > NODES_MAX {
        site.report(too_many_nodes(number).at(stated.span));
    }
    number.min(NODES_MAX) as u32
}

/// `number` where the limit allows it.
pub(super) fn node_count(site: &mut dyn Site, number: u64) -> usize {
    if number > NODES_MAX {
        let span = site.span();
        site.report(too_many_nodes(number).at(span));
    }
    number.min(NODES_MAX) as usize
}

fn too_many_nodes(number: u64) -> Diagnostic {
    let message = format!("{number} nodes are more than the {NODES_MAX} that a component may have");
    Diagnostic::error(code::TOO_MANY, message)
}

/// Refuses `replicas`, with what to write instead.
pub(super) fn refuse_replicas(site: &mut dyn Site, instead: &str) {
    if let Some(stated) = site.shared().replicas.clone() {
        site.report(
            Diagnostic::error(
                code::CONFLICT,
                "`replicas` does not say which nodes are meant",
            )
            .at(stated.span)
            .help(instead),
        );
    }
}

/// Refuses `machine` for a kind without a CPU.
pub(super) fn refuse_machine(site: &mut dyn Site, kind: &str) {
    if let Some(machine) = site.shared().machine.clone() {
        let message = format!("a machine changes nothing for a {kind}, which has no CPU here");
        site.report(
            Diagnostic::error(code::CONFLICT, message)
                .at(machine.span)
                .help("leave `machine` out"),
        );
    }
}

/// Refuses every shared field.
pub(super) fn refuse_shared(site: &mut dyn Site, kind: &str, reason: &str) {
    let shared = site.shared().clone();
    let fields = [
        ("replicas", shared.replicas.map(|field| field.span)),
        ("on", shared.on.map(|field| field.span)),
        ("machine", shared.machine.map(|field| field.span)),
    ];
    for (name, span) in fields {
        if let Some(span) = span {
            let message = format!("`{name}` does not fit a kind {kind}: {reason}");
            site.report(
                Diagnostic::error(code::CONFLICT, message)
                    .at(span)
                    .help(format!("leave `{name}` out")),
            );
        }
    }
}

/// The CPU of each node. On a host its cores are only a cap (S3), and the host's discipline and
/// contention hold.
pub(super) fn cpu(
    site: &mut dyn Site,
    stated: Option<quantity::Count>,
    preset: &Preset,
    discipline: Option<&At<schema::Discipline>>,
    contention: Option<&At<schema::Contention>>,
) -> Resource {
    let on_host = site.shared().on.is_some();
    let servers = match stated {
        Some(stated) => Some(stated.get()),
        None if on_host => None,
        None => Some(
            site.machine_cores()
                .unwrap_or_else(|| preset.read::<quantity::Count>().get()),
        ),
    };
    if on_host {
        let places = [
            ("discipline", discipline.map(|field| field.span.clone())),
            ("contention", contention.map(|field| field.span.clone())),
        ];
        for (field, span) in places {
            let Some(span) = span else { continue };
            site.report(
                Diagnostic::error(
                    code::CONFLICT,
                    format!("on a host, `{field}` is the host's"),
                )
                .at(span)
                .help(format!("move `{field}` to the Host")),
            );
        }
    }
    Resource {
        name: "cpu",
        servers,
        discipline: discipline.map_or(Discipline::ProcessorSharing, |field| field.value.model()),
        contention: contention.map_or(Contention::default(), |field| field.value.model()),
        is_cpu: true,
    }
}

/// S6: with kappa above 0 and unbounded jobs there is no steady state at any load.
pub(super) fn check_contention(
    site: &mut dyn Site,
    contention: Option<&At<schema::Contention>>,
    threads: Limit,
) {
    let Some(contention) = contention else { return };
    if contention.value.kappa.value() > 0.0 && threads == Limit::Unlimited {
        site.report(
            Diagnostic::error(
                code::CONFLICT,
                "with kappa above 0 and unlimited threads every load ends in collapse",
            )
            .at(contention.span.clone())
            .help("bound `threads`, or write `kappa: 0`"),
        );
    }
}

/// Threads with their waiting room.
pub(super) fn permits(
    site: &mut dyn Site,
    threads: Limit,
    backlog: Option<&At<Limit>>,
    preset: &Preset,
) -> Permits {
    let room = |limit| match limit {
        Limit::Unlimited => None,
        Limit::At(number) => Some(number),
    };
    let Limit::At(threads) = threads else {
        if let Some(At {
            value: Limit::At(_),
            span,
        }) = backlog
        {
            site.report(
                Diagnostic::error(code::CONFLICT, "nobody waits where threads are unlimited")
                    .at(span.clone())
                    .help("leave `backlog` out, or bound `threads`"),
            );
        }
        return Permits {
            capacity: None,
            room: None,
        };
    };
    let backlog = backlog.map_or_else(|| preset.read(), |stated| stated.value);
    Permits {
        capacity: Some(threads),
        room: room(backlog),
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
        };
        let mut operations = Vec::new();
        if self.operations.is_empty() {
            operations.push(passing(self.short_form(&mut steps)));
        }
        let written: u64 = self.operations.iter().map(|(_, work)| size(work)).sum();
        if written > STEPS_MAX {
            let span = steps.site.span();
            let message = format!("{written} steps are more than the {STEPS_MAX} allowed");
            steps.site.report(
                Diagnostic::error(code::TOO_MANY, message)
                    .at(span)
                    .help("write fewer branches in `Parallel(times: ..)`"),
            );
            return (operations, vec![cpu]);
        }
        for (name, work) in self.operations {
            operations.push(operation(&name.value, steps.list(work, false)));
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

/// The one disk of a node, first come, first served.
fn disk() -> Resource {
    Resource {
        name: "disk",
        servers: Some(1),
        discipline: Discipline::Fcfs,
        contention: Contention::default(),
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
}

impl Translation<'_> {
    /// A list of steps; `inside` a branch or loop, which cannot be left for good.
    fn list(&mut self, steps: &[Step], inside: bool) -> Vec<model::Step> {
        for (place, step) in steps.iter().enumerate() {
            let Step::Forward(target) = step else {
                continue;
            };
            let (message, help) = if inside {
                (
                    "Forward cannot hand over a branch or a turn of a loop",
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
            Step::Parallel(parallel) => model::Step::Parallel(self.branches(parallel)),
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
            Step::Cached(cached) => model::Step::Cached {
                lookup: self.site.call(&cached.r#in, None),
                hit: self.site.hit(&cached.r#in),
                miss: self.list(&cached.miss, inside),
            },
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
                vec![self.list(steps, true); times.get() as usize]
            }
        }
    }
}

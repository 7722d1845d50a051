//! What the nodes of several kinds share: how many there are, their CPU and their permits.

use super::rates::Stated;
use super::{Blueprint, Site};
use crate::diagnostic::Diagnostic;
use crate::model::{Contention, Discipline, Permits, Resource};
use crate::quantity::{self, Limit};
use crate::schema::code;
use crate::schema::preset::Preset;
use crate::schema::{self, At};

/// Most nodes of a component.
const NODES_MAX: u64 = 1_000;

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

/// Number of identical nodes.
pub(super) fn replicas(site: &mut dyn Site) -> u32 {
    let shared = site.shared();
    // Those that are not in service yet are there, too.
    let most = shared
        .autoscale
        .as_ref()
        .map(|stated| stated.value.max.clone());
    let Some(stated) = most.or_else(|| shared.replicas.clone()) else {
        return 1;
    };
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
        .help("write fewer and faster nodes, or several components under a balancer")
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

/// Refuses what is said about the CPU's servers where there is none.
pub(super) fn refuse_rates(site: &mut dyn Site, kind: &str, blueprint: &Blueprint) {
    if blueprint.resources.iter().any(|resource| resource.is_cpu) {
        return;
    }
    let shared = site.shared().clone();
    let fields = [
        ("core_speeds", span_of(shared.core_speeds.as_ref())),
        ("scaling", span_of(shared.scaling.as_ref())),
    ];
    for (name, span) in fields {
        let Some(span) = span else { continue };
        let message = format!("`{name}` changes nothing for a {kind}, which has no CPU here");
        let problem = Diagnostic::error(code::CONFLICT, message).at(span);
        site.report(problem.help(format!("leave `{name}` out")));
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
    stated: Option<quantity::Cores>,
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
            ("core_speeds", span_of(site.shared().core_speeds.as_ref())),
            ("scaling", span_of(site.shared().scaling.as_ref())),
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
    refuse_contention_in_order(site, discipline, contention);
    let order = discipline.map_or(Discipline::ProcessorSharing, |field| field.value.model());
    let felt = contention.map_or(Contention::default(), |field| field.value.model());
    let shared = site.shared().clone();
    let rates = Stated {
        core_speeds: shared.core_speeds.as_ref(),
        scaling: shared.scaling.as_ref(),
        cores: stated.map(quantity::Cores::get),
        discipline: order,
        contention: felt,
    };
    let (rates, counted, problems) = rates.rates();
    for problem in problems {
        site.report(problem);
    }
    let servers = if on_host {
        servers
    } else {
        counted.or(servers)
    };
    Resource {
        name: "cpu",
        servers,
        discipline: order,
        contention: felt,
        rates,
        is_cpu: true,
    }
}

fn span_of<T>(stated: Option<&At<T>>) -> Option<std::ops::Range<usize>> {
    stated.map(|field| field.span.clone())
}

/// S6 slows down jobs that run side by side under sharing; a first-come queue has no such term.
fn refuse_contention_in_order(
    site: &mut dyn Site,
    discipline: Option<&At<schema::Discipline>>,
    contention: Option<&At<schema::Contention>>,
) {
    let in_order =
        discipline.is_some_and(|field| field.value.model() != Discipline::ProcessorSharing);
    if let Some(contention) =
        contention.filter(|field| in_order && field.value.model() != Contention::default())
    {
        site.report(contention_in_order().at(contention.span.clone()));
    }
}

/// The refusal of contention under first come, first served.
pub fn contention_in_order() -> Diagnostic {
    let message = "contention is defined for `discipline: ProcessorSharing` only";
    Diagnostic::error(code::CONFLICT, message)
        .help("leave `discipline` out, or write `contention: (sigma: 0, kappa: 0)`")
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

/// A stated number of threads or connections, of which a node needs one to serve anybody.
pub(super) fn limit(site: &mut dyn Site, stated: Option<&At<Limit>>, preset: &Preset) -> Limit {
    let Some(stated) = stated else {
        return preset.read();
    };
    if stated.value == Limit::At(0) {
        let field = preset.field;
        site.report(
            Diagnostic::error(
                code::RANGE,
                format!("with `{field}: 0` nobody is ever served"),
            )
            .at(stated.span.clone())
            .help(format!("write `{field}: 1` or more, or leave it out")),
        );
    }
    stated.value
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

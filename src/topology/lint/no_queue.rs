//! Orders of service of a CPU in front of which nobody ever waits.

use super::Lint;
use super::context::{Context, quoted};
use crate::diagnostic::Diagnostic;
use crate::model::step::inner_lists;
use crate::model::{Component, ComponentId, Discipline, HostId, Permits, Step};

pub(super) const LINT: Lint = Lint {
    code: "LP0422",
    title: "order of service without a queue",
    explanation: "`discipline` says who is next at the cpu, but no more requests get there than it \
        has cores: the others wait in front of `threads`, or are refused, and a line for threads \
        is first come, first served. Whatever the order, the results are the same to the last \
        digit. Where a real server orders its requests, it lets them in: write `threads: \
        Unlimited`, or more threads than cores.",
    check,
};

fn check(context: &Context) -> Vec<Diagnostic> {
    let model = context.model;
    let mut all = Vec::new();
    for component in context.components() {
        let part = model.component(component);
        let own = part.nodes.iter().any(|&n| model.node(n).host.is_none());
        let cpus = part.resources.iter().filter(|resource| resource.is_cpu);
        for cpu in cpus.filter(|cpu| own && part.failure.is_none() && chooses(cpu.discipline)) {
            let (Some(cores), Some(most)) = (cpu.servers, most(part)) else {
                continue;
            };
            if most <= cores {
                all.push(of_component(
                    context,
                    component,
                    cpu.discipline,
                    (most, cores),
                ));
            }
        }
    }
    for (place, host) in model.hosts.iter().enumerate() {
        let most = most_on(context, HostId::from(place));
        if chooses(host.discipline) && most.is_some_and(|most| most <= host.cores) {
            let message = format!(
                "{} of host `{}` never decides: at most {} requests get to its {} cores at once",
                word(host.discipline),
                host.name,
                most.unwrap_or(0),
                host.cores,
            );
            let whole = format!("infrastructure.{}", quoted(&host.name));
            let paths = [format!("{whole}.discipline"), whole];
            all.push(context.warn(LINT.code, message, &paths).help(
                "bound the `threads` of its components above its cores, or leave `discipline` out",
            ));
        }
    }
    all
}

fn of_component(
    context: &Context,
    component: ComponentId,
    discipline: Discipline,
    (most, cores): (u32, u32),
) -> Diagnostic {
    let message = format!(
        "{} of `{}` never decides: at most {most} requests get to its {cores} cores at once, and \
         who waits for a thread is served in order of arrival",
        word(discipline),
        context.name(component),
    );
    let fields = ["discipline", "threads"];
    let warning = context.warn_component(LINT.code, message, component, &fields);
    warning.help(format!(
        "write `threads: Unlimited`, or more than {cores}, or leave `discipline` out"
    ))
}

/// Whether an order tells those who wait apart by more than their arrival.
fn chooses(discipline: Discipline) -> bool {
    match discipline {
        Discipline::Lcfs | Discipline::RandomOrder | Discipline::Priority { .. } => true,
        Discipline::ProcessorSharing | Discipline::Fcfs | Discipline::LimitedSharing(_) => false,
    }
}

fn word(discipline: Discipline) -> &'static str {
    match discipline {
        Discipline::Lcfs => "`Lcfs`",
        Discipline::RandomOrder => "`RandomOrder`",
        Discipline::Priority { .. } => "`Priority`",
        _ => "the order",
    }
}

/// Most jobs that a node of a component has at its CPU at once; `None` where there is no limit,
/// where branches run side by side, or where writes are applied beside the threads.
fn most(part: &Component) -> Option<u32> {
    let beside = |steps: &[Step]| steps.iter().any(runs_beside);
    let works = &part.operations;
    if works
        .iter()
        .any(|work| work.apply > 0.0 || beside(&work.steps))
    {
        return None;
    }
    let of = |permits: Option<Permits>| permits.and_then(|one| one.capacity);
    match (of(part.threads), of(part.connections)) {
        (Some(threads), Some(connections)) => Some(threads.min(connections)),
        (threads, connections) => threads.or(connections),
    }
}

/// Whether a step, or one inside it, does several things at once.
fn runs_beside(step: &Step) -> bool {
    matches!(step, Step::Parallel(_) | Step::Quorum { .. })
        || inner_lists(step).into_iter().flatten().any(runs_beside)
}

/// The same of all nodes on a host, none of which has fewer cores to itself than jobs.
fn most_on(context: &Context, host: HostId) -> Option<u32> {
    let mut sum: u32 = 0;
    let nodes = context.model.nodes.iter();
    for node in nodes.filter(|node| node.host == Some(host)) {
        let part = context.model.component(node.component);
        let Some(cpu) = part.resources.iter().find(|resource| resource.is_cpu) else {
            continue;
        };
        let here = most(part)?;
        if part.failure.is_some() || cpu.servers.is_some_and(|cap| cap < here) {
            return None;
        }
        sum = sum.saturating_add(here);
    }
    (sum > 0).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Shop, found, message, shop};
    use super::LINT;
    use crate::model::{Discipline, Step};

    /// The application servers, two cores each, with an order and so many threads.
    fn ordered(discipline: Discipline, threads: u32) -> Shop {
        let mut shop = shop();
        let was = shop.was;
        shop.b.threads(was, threads, 100);
        shop.b.model().components[was.index()].resources[0].discipline = discipline;
        shop
    }

    #[test]
    fn fires_where_no_more_threads_than_cores_leave_nobody_to_choose_from() {
        for (discipline, word) in [
            (Discipline::Lcfs, "`Lcfs`"),
            (Discipline::RandomOrder, "`RandomOrder`"),
            (Discipline::Priority { preemptive: true }, "`Priority`"),
        ] {
            for threads in [1, 2] {
                let text = message(&ordered(discipline, threads).b.build(), LINT.code);
                let begin = format!("{word} of `was` never decides: at most {threads} requests");
                assert!(text.starts_with(&begin), "{text}");
            }
            assert!(found(&ordered(discipline, 3).b.build(), LINT.code).is_empty());
        }
        assert!(found(&ordered(Discipline::Fcfs, 1).b.build(), LINT.code).is_empty());
    }

    #[test]
    fn is_silent_where_a_request_works_on_several_things_at_once() {
        let mut shop = ordered(Discipline::Lcfs, 2);
        let was = &mut shop.b.model().components[1];
        let steps = std::mem::take(&mut was.operations[0].steps);
        was.operations[0].steps = vec![Step::Parallel(vec![steps.clone(), steps])];
        assert!(found(&shop.b.build(), LINT.code).is_empty());
    }

    #[test]
    fn is_silent_where_writes_are_applied_beside_the_threads() {
        let mut shop = ordered(Discipline::Lcfs, 2);
        shop.b.model().components[1].operations[0].apply = 1.0;
        assert!(found(&shop.b.build(), LINT.code).is_empty());
    }

    #[test]
    fn a_host_counts_the_threads_of_all_its_nodes() {
        for (threads, warnings) in [(2, 1), (3, 0)] {
            let mut shop = ordered(Discipline::ProcessorSharing, threads);
            let host = shop.b.host("h", 4);
            let model = shop.b.model();
            model.hosts[host.index()].discipline = Discipline::Lcfs;
            for node in &mut model.nodes[1..=2] {
                node.host = Some(host);
            }
            model.components[1].resources[0].servers = None;
            let all = found(&shop.b.build(), LINT.code);
            assert_eq!(all.len(), warnings, "{threads}: {all:?}");
        }
    }
}

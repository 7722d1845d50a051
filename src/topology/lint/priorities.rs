//! Priorities that decide nothing.

use std::collections::BTreeMap;

use super::Lint;
use super::context::{Context, quoted};
use crate::diagnostic::Diagnostic;
use crate::model::step::inner_lists;
use crate::model::traffic::Visit;
use crate::model::{ClassId, ComponentId, Discipline, HostId, Step};

pub(super) const LINT: Lint = Lint {
    code: "LP0423",
    title: "priority that decides nothing",
    explanation: "A class has a `priority`, but it never gets to a cpu with `discipline: \
        Priority(..)`: other orders do not look at it, and neither do lines for threads, disks or \
        connections. Or a cpu is served by priority, but all that gets there has the same one, so \
        that it is first come, first served. Give the component or host where the classes meet \
        `discipline: Priority(preemptive: ..)`, and the classes different priorities.",
    check,
};

/// A CPU that is served by priority.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Component(ComponentId),
    Host(HostId),
}

fn check(context: &Context) -> Vec<Diagnostic> {
    let seen = seen(context);
    let mut all = Vec::new();
    for (number, class) in context.model.classes.iter().enumerate() {
        let id = ClassId::from(number);
        if class.priority == 0 || seen.values().any(|classes| classes.contains(&id)) {
            continue;
        }
        let message = format!(
            "no cpu that class `{}` gets to looks at its priority",
            class.name
        );
        let whole = format!("classes.{}", quoted(&class.name));
        let paths = [format!("{whole}.priority"), whole];
        all.push(context.warn(LINT.code, message, &paths).help(
            "write `discipline: Priority(preemptive: false)` where it is served, or leave \
             `priority` out",
        ));
    }
    for (place, classes) in seen {
        let priority = |id: &ClassId| context.model.classes[id.index()].priority;
        let first = classes.first().map(priority);
        if classes.iter().all(|id| Some(priority(id)) == first) {
            all.push(same(context, place));
        }
    }
    all
}

fn same(context: &Context, place: Place) -> Diagnostic {
    let (section, name) = match place {
        Place::Component(id) => ("components", context.name(id)),
        Place::Host(id) => ("infrastructure", &*context.model.hosts[id.index()].name),
    };
    let message = format!("everything that gets to the cpu of `{name}` has the same priority");
    let whole = format!("{section}.{}", quoted(name));
    let paths = [format!("{whole}.discipline"), whole];
    context.warn(LINT.code, message, &paths).help(
        "give the classes priorities, as in `classes: {\"order\": (priority: 1)}`, or write \
         `discipline: Fcfs`",
    )
}

/// The classes that work at each CPU that is served by priority.
fn seen(context: &Context) -> BTreeMap<Place, Vec<ClassId>> {
    let mut seen: BTreeMap<Place, Vec<ClassId>> = BTreeMap::new();
    for visit in context.traffic.reachable() {
        for place in places(context, visit) {
            seen.entry(place).or_default().push(visit.class);
        }
    }
    seen
}

/// Where the work of a visit may be chosen by its priority.
fn places(context: &Context, visit: Visit) -> Vec<Place> {
    let is_ranked = |discipline| matches!(discipline, Discipline::Priority { .. });
    let part = context.model.component(visit.component);
    let Some(cpu) = part.resources.iter().position(|resource| resource.is_cpu) else {
        return Vec::new();
    };
    if !works_at(&part.operations[visit.operation].steps, cpu) {
        return Vec::new();
    }
    let hosts = part.nodes.iter().map(|&node| context.model.node(node).host);
    let place = |host: Option<HostId>| match host {
        Some(host) if is_ranked(context.model.hosts[host.index()].discipline) => {
            Some(Place::Host(host))
        }
        None if is_ranked(part.resources[cpu].discipline) => {
            Some(Place::Component(visit.component))
        }
        _ => None,
    };
    let mut found: Vec<Place> = hosts.filter_map(place).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether some of these steps uses the resource `cpu`.
fn works_at(steps: &[Step], cpu: usize) -> bool {
    let inside = |step| {
        inner_lists(step)
            .into_iter()
            .any(|list| works_at(list, cpu))
    };
    let uses = |step: &Step| matches!(step, Step::Use { resource, .. } if *resource == cpu);
    steps.iter().any(|step| uses(step) || inside(step))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Shop, found, message, shop};
    use super::LINT;
    use crate::model::Discipline;

    const RANKED: Discipline = Discipline::Priority { preemptive: false };

    /// The shop with a second class of this priority, and with an order at one component.
    fn with(priority: i32, ranked: Option<usize>) -> Shop {
        let mut shop = shop();
        let lb = shop.lb;
        shop.b.open("more", 1.0, &[("order", lb, 1.0)]);
        let model = shop.b.model();
        model.classes[1].priority = priority;
        if let Some(part) = ranked {
            model.components[part].resources[0].discipline = RANKED;
        }
        shop
    }

    #[test]
    fn fires_for_a_priority_that_nobody_looks_at_and_for_an_order_that_sees_one_only() {
        let text = message(&with(1, None).b.build(), LINT.code);
        assert_eq!(
            text,
            "no cpu that class `order` gets to looks at its priority"
        );
        let text = message(&with(0, Some(2)).b.build(), LINT.code);
        assert_eq!(
            text,
            "everything that gets to the cpu of `db` has the same priority"
        );
    }

    #[test]
    fn fires_where_the_only_order_by_priority_is_not_on_the_way() {
        let mut shop = with(1, None);
        let mail = shop.b.component("mail", 1);
        shop.b.cpu(mail, 1);
        shop.b.model().components[mail.index()].resources[0].discipline = RANKED;
        assert!(message(&shop.b.build(), LINT.code).contains("class `order`"));
    }

    #[test]
    fn is_silent_where_two_priorities_meet_at_a_component_or_a_host() {
        assert!(found(&with(1, Some(2)).b.build(), LINT.code).is_empty());
        let mut shop = with(1, None);
        let db = shop.db;
        let host = shop.b.host("h", 4);
        shop.b.on(db, &[host]);
        shop.b.model().hosts[host.index()].discipline = RANKED;
        assert!(found(&shop.b.build(), LINT.code).is_empty());
    }
}

//! Who waits in front of a node's threads: patience, balking, full rooms.

use super::{Blueprint, Site};
use crate::diagnostic::Diagnostic;
use crate::model::{Discipline, Full, Queueing};
use crate::quantity::Whole;
use crate::schema::code;
use crate::schema::{self, At};

/// Where the requests of a component queue.
enum Line {
    /// For threads.
    Threads,
    /// For the CPU.
    Cpu,
    /// Nowhere.
    Nowhere,
}

impl Line {
    fn of(blueprint: &Blueprint, is_on_host: bool) -> Self {
        let bounded = blueprint.threads.is_some_and(|t| t.capacity.is_some());
        let mut resources = blueprint.resources.iter();
        let cpu = resources.find(|resource| resource.is_cpu);
        let in_order = cpu.is_some_and(|cpu| cpu.discipline != Discipline::ProcessorSharing);
        match (bounded, in_order && !is_on_host) {
            (true, _) => Line::Threads,
            (false, true) => Line::Cpu,
            (false, false) => Line::Nowhere,
        }
    }
}

/// The queueing of a component, with what is wrong in it.
pub(super) fn queueing(site: &mut dyn Site, blueprint: &Blueprint, of_messages: bool) -> Queueing {
    let shared = site.shared().clone();
    let line = Line::of(blueprint, shared.on.is_some());
    let stated = [
        (
            "queue_timeout",
            shared.queue_timeout.as_ref().map(|field| &field.span),
        ),
        ("balk", shared.balk.as_ref().map(|field| &field.span)),
    ];
    for (name, span) in stated {
        if let (Some(span), Line::Nowhere) = (span, &line) {
            let message = format!("`{name}`: nobody waits in a queue of this component");
            let problem = Diagnostic::error(code::CONFLICT, message).at(span.clone());
            site.report(problem.help("bound `threads`, or write `discipline: Fcfs`"));
        }
    }
    if let Some(full) = &shared.full {
        check_full(site, blueprint, full);
    }
    check_overload(site, &line, of_messages);
    let mut law = |stated: &schema::TimeLaw| site.time(stated);
    Queueing {
        limit: blueprint.queueing.limit,
        timeout: shared.queue_timeout.as_ref().map(|field| law(&field.value)),
        balk: shared.balk.map(|field| at_most(field.value.above)),
        last_first: shared.last_first.map(|field| at_most(field.value.above)),
        sheds: shared.shed.is_some(),
        full: match shared.full.map(|field| field.value) {
            None | Some(schema::Full::Refuse) => Full::Refuse,
            Some(schema::Full::Block) => Full::Block,
            Some(schema::Full::Retry(retry)) => Full::Retry(law(&retry.after)),
        },
    }
}

/// As a length of a line.
fn at_most(above: Whole) -> u32 {
    above.get().min(u64::from(u32::MAX - 1)) as u32
}

/// What a long line of threads does needs threads that are waited for, and somebody who waits.
fn check_overload(site: &mut dyn Site, line: &Line, of_messages: bool) {
    let shared = site.shared().clone();
    let stated = [
        ("shed", shared.shed.as_ref().map(|field| &field.span)),
        (
            "last_first",
            shared.last_first.as_ref().map(|field| &field.span),
        ),
    ];
    for (name, span) in stated {
        let Some(span) = span else { continue };
        let (message, help) = match line {
            Line::Threads if of_messages && name == "shed" => (
                "`shed`: nobody waits for the answer to a message".to_owned(),
                "leave `shed` out",
            ),
            Line::Threads => continue,
            Line::Cpu | Line::Nowhere => (
                format!("`{name}`: nobody waits for a thread of this component"),
                "bound `threads`, or leave it out",
            ),
        };
        let problem = Diagnostic::error(code::CONFLICT, message).at(span.clone());
        site.report(problem.help(help));
    }
}

/// Only a room with an end can be full.
fn check_full(site: &mut dyn Site, blueprint: &Blueprint, full: &At<schema::Full>) {
    let is_bounded = blueprint
        .threads
        .is_some_and(|threads| threads.capacity.is_some() && threads.room.is_some());
    if !is_bounded {
        site.report(
            Diagnostic::error(code::CONFLICT, "`full`: no waiting room here has an end")
                .at(full.span.clone())
                .help("bound `threads` and `backlog`, or leave `full` out"),
        );
    }
    if let schema::Full::Retry(retry) = &full.value
        && site.time(&retry.after).mean() <= 0.0
    {
        let message = "whoever finds the room full would try again at the same instant for ever";
        site.report(
            Diagnostic::error(code::RANGE, message)
                .at(full.span.clone())
                .help("write a pause of more than 0, as in `Retry(after: \"100ms\")`"),
        );
    }
}

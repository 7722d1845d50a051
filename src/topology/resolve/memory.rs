//! What nodes can hold.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::model::{ComponentId, Memory, Swap};
use crate::quantity::Size;
use crate::schema::{self, At, BASE, Infrastructure, LEAK, PER_REQUEST, Preset, code};
use crate::syntax::path::lookup;

/// Bytes of a mebibyte.
const MIB: u64 = 1 << 20;

impl Resolver<'_> {
    /// The memory of every component that has one, stated or by its machine.
    pub(super) fn memories(&mut self) {
        let file = self.file;
        let mut used = BTreeSet::new();
        for place in 0..self.names.components.len() {
            let name = self.names.components.name(place).value.clone();
            let memory = file.components.get(&name).and_then(|component| {
                let shared = &component.shared;
                let machine = shared.machine.as_ref().map(|at| at.value.as_str());
                let of_machine = machine.and_then(|name| file.machines.get(name)?.memory.as_ref());
                let stated = shared.memory.as_ref();
                if !self.holds_requests(place) {
                    self.refuse_memory(stated, component.kind.word());
                    return None;
                }
                used.extend(machine.filter(|_| of_machine.is_some()));
                self.memory_of(place, stated, of_machine)
            });
            self.memories.push(memory);
        }
        self.refuse_idle_machines(&used);
    }

    /// Whether requests stay at its nodes: it has threads or connections.
    fn holds_requests(&self, place: usize) -> bool {
        let part = self.blueprints[place].as_ref();
        part.is_none_or(|part| part.threads.is_some() || part.connections.is_some())
    }

    fn refuse_memory(&mut self, stated: Option<&At<schema::Memory>>, kind: &str) {
        let Some(stated) = stated else { return };
        let message = format!("a {kind} has no threads or connections that hold memory");
        self.problems.push(
            Diagnostic::error(code::CONFLICT, message)
                .at(stated.span.clone())
                .help("leave `memory` out, or give it to an AppServer, WebServer or Database"),
        );
    }

    /// Memory of a machine under which nobody holds anything changes nothing.
    fn refuse_idle_machines(&mut self, used: &BTreeSet<&str>) {
        let file = self.file;
        let components = file.components.iter();
        let named = components.filter_map(|(_, part)| part.shared.machine.as_ref());
        let hosts = file
            .infrastructure
            .iter()
            .filter_map(|(_, part)| match part {
                Infrastructure::Host(host) => host.machine.as_ref(),
                _ => None,
            });
        let named: BTreeSet<&str> = named.chain(hosts).map(|at| at.value.as_str()).collect();
        for (name, machine) in &file.machines {
            let Some(memory) = machine.memory.as_ref() else {
                continue;
            };
            if used.contains(name.value.as_str()) || !named.contains(name.value.as_str()) {
                continue;
            }
            let message = format!("nothing on `{}` has memory that could run out", name.value);
            let problem = Diagnostic::error(code::CONFLICT, message).at(memory.span.clone());
            self.problems.push(problem.help(
                "leave it out; what stands on a host states its own, as in \
                 `memory: (size: \"4GiB\")`",
            ));
        }
    }

    fn memory_of(
        &mut self,
        place: usize,
        stated: Option<&At<schema::Memory>>,
        of_machine: Option<&At<Size>>,
    ) -> Option<Memory> {
        let own = stated.and_then(|stated| stated.value.size.as_ref());
        let Some(size) = own.or(of_machine) else {
            let stated = stated?;
            let name = &self.names.components.name(place).value;
            let path = format!("components.{name:?}.memory.size");
            if lookup(self.tree, &path).is_some() {
                return None;
            }
            self.problems.push(
                Diagnostic::error(code::MISSING, "nothing says how much memory a node has")
                    .at(stated.span.clone())
                    .help("write `size: \"4GiB\"`, or name a `machine` that has `memory`"),
            );
            return None;
        };
        let bytes = size.value.bytes();
        if bytes == 0 || !bytes.is_multiple_of(MIB) || bytes / MIB > u64::from(u32::MAX) {
            self.problems.push(
                Diagnostic::error(code::RANGE, "memory comes in whole MiB, at most 4095 TiB")
                    .at(size.span.clone())
                    .help("write it like \"512MiB\" or \"4GiB\""),
            );
            return None;
        }
        let parts = stated.map(|stated| &stated.value);
        let memory = Memory {
            size: bytes,
            base: filled(parts.and_then(|it| it.base.as_ref()), &BASE),
            per_request: filled(parts.and_then(|it| it.per_request.as_ref()), &PER_REQUEST),
            leak: filled(parts.and_then(|it| it.leak.as_ref()), &LEAK),
            swap: parts.and_then(|it| self.swap(it.swap.as_ref()?, bytes)),
            boot: self.boot(ComponentId::from(place)),
        };
        self.check_first(&memory, stated.map_or(&size.span, |stated| &stated.span));
        Some(memory)
    }

    /// From where on work is slower.
    fn swap(&mut self, swap: &At<schema::Swap>, size: u64) -> Option<Swap> {
        let (above, slowdown) = (swap.value.above.value(), swap.value.slowdown.value());
        let (message, help) = if slowdown <= 1.0 || slowdown > 1e6 {
            (
                "`slowdown` is how many times as long work takes: above 1, at most 1e6",
                "write it like 10",
            )
        } else if above <= 0.0 || above >= 1.0 {
            (
                "`above` is a share of the memory between 0 and 1",
                "write it like 0.9",
            )
        } else {
            let above = (above * size as f64) as u64;
            return Some(Swap { above, slowdown });
        };
        self.problems.push(
            Diagnostic::error(code::RANGE, message)
                .at(swap.span.clone())
                .help(help),
        );
        None
    }

    /// Memory must be enough for one request, and not short before the first.
    fn check_first(&mut self, memory: &Memory, at: &Range<usize>) {
        let first = memory.per_request.saturating_add(memory.leak);
        let wrong = if memory.base.saturating_add(first) >= memory.size {
            "the first request fills all of the memory"
        } else if memory.swap.is_some_and(|swap| memory.base > swap.above) {
            "memory is short before the first request"
        } else {
            return;
        };
        self.problems.push(
            Diagnostic::error(code::CONFLICT, wrong)
                .at(at.clone())
                .help("write a larger `size`, or a smaller `base`"),
        );
    }

    /// Bytes that are more than none.
    pub(super) fn something(&mut self, size: &At<Size>) -> u64 {
        if size.value.bytes() == 0 {
            self.problems.push(schema::must_be_positive(&size.span));
        }
        size.value.bytes()
    }
}

/// The bytes of a field, or of its default.
fn filled(field: Option<&At<Size>>, preset: &Preset) -> u64 {
    let size = field.map_or_else(|| preset.read::<Size>(), |at| at.value);
    size.bytes()
}

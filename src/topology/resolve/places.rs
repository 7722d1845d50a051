//! Machines, hosts, racks and switches, and the nodes that stand on them.

use std::cell::LazyCell;

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::kinds::rates::Stated;
use crate::kinds::{Blueprint, contention_in_order};
use crate::model::{
    ComponentId, Contention, Discipline, Host, HostId, Node, NodeId, RackId, Rates, Switch,
    SwitchId,
};
use crate::quantity::{Cores, Cost, Factor};
use crate::schema::{self, At, Infrastructure, Machine};
use crate::schema::{code, preset};
use crate::syntax::path::lookup;

/// What a name under `infrastructure` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A host.
    Host(HostId),
    /// A rack.
    Rack(RackId),
    /// A switch.
    Switch(SwitchId),
    /// Its schema is at fault.
    Lost,
}

/// Most nodes of all components together.
const NODES_MAX: usize = 1_000_000;

impl Resolver<'_> {
    /// Hosts, racks and switches, in the order of the file.
    pub(super) fn infrastructure(&mut self) {
        let file = self.file;
        self.racks();
        for place in 0..self.names.infrastructure.len() {
            let name = self.names.infrastructure.name(place).clone();
            let place = match file.infrastructure.get(&name.value) {
                Some(Infrastructure::Host(host)) => {
                    let host = self.host(&name, host);
                    self.hosts.push(host);
                    Place::Host(HostId::from(self.hosts.len() - 1))
                }
                Some(Infrastructure::Switch(switch)) => {
                    let latency = switch.latency.as_ref().map(|law| self.law(law));
                    let outage = self.outage(switch.failure.as_ref());
                    self.switches.push(Switch {
                        name: name.value,
                        latency,
                        outage,
                    });
                    Place::Switch(SwitchId::from(self.switches.len() - 1))
                }
                Some(
                    Infrastructure::Rack(_) | Infrastructure::Zone(_) | Infrastructure::Feed(_),
                ) => self
                    .rack_called(&name.value)
                    .map_or(Place::Lost, Place::Rack),
                None => Place::Lost,
            };
            self.ids.push(place);
        }
    }

    fn host(&mut self, name: &At<String>, host: &schema::Host) -> Host {
        let machine = host
            .machine
            .as_ref()
            .and_then(|machine| self.machine(machine));
        let cores = host
            .cores
            .or(machine.as_ref().and_then(|machine| machine.cores));
        let discipline = host
            .discipline
            .map_or(Discipline::ProcessorSharing, schema::Discipline::model);
        let in_order = discipline != Discipline::ProcessorSharing;
        let felt = host
            .contention
            .as_ref()
            .filter(|contention| contention.value.model() != Contention::default());
        if let Some(contention) = felt.filter(|_| in_order) {
            self.problems
                .push(contention_in_order().at(contention.span.clone()));
        }
        let contention = host
            .contention
            .as_ref()
            .map_or(Contention::default(), |contention| contention.value.model());
        let stated = Stated {
            core_speeds: host.core_speeds.as_ref(),
            scaling: host.scaling.as_ref(),
            cores: cores.map(Cores::get),
            discipline,
            contention,
        };
        let (rates, counted, problems) = stated.rates();
        self.problems.extend(problems);
        let cores = counted.or(cores.map(Cores::get));
        let is_lost = host.machine.is_some() && machine.is_none();
        let path = format!("infrastructure.{:?}.cores", name.value);
        if cores.is_none() && !is_lost && lookup(self.tree, &path).is_none() {
            self.problems.push(
                Diagnostic::error(code::MISSING, "nothing says how many cores this host has")
                    .at(name.span.clone())
                    .help("write `cores: 4`, or `machine` with one that has `cores`"),
            );
        }
        let speed = host
            .speed
            .or(machine.as_ref().and_then(|machine| machine.speed));
        let nic = host
            .nic
            .or(machine.as_ref().and_then(|machine| machine.nic));
        let cost = host
            .cost
            .or(machine.as_ref().and_then(|machine| machine.cost));
        let (within, fed_by) = self.shared(host);
        Host {
            name: name.value.clone(),
            cores: cores.unwrap_or(1),
            speed: speed
                .unwrap_or_else(|| preset::SPEED.read::<Factor>())
                .value(),
            discipline,
            contention,
            rates,
            nic_bps: nic.map(|nic| nic.bits_per_second() as f64),
            cost: cost.map(Cost::per_month),
            within,
            fed_by,
            outage: self.outage(host.failure.as_ref()),
        }
    }

    /// The machine that `at` names.
    fn machine(&mut self, at: &At<String>) -> Option<Machine> {
        if let Err(problem) = self.names.machines.find(at, "machine") {
            self.problems.push(*problem);
        }
        self.file.machines.get(&at.value).cloned()
    }

    /// The place that `at` names; unknown ones are reported.
    pub(super) fn place(&mut self, at: &At<String>, what: &str) -> Option<Place> {
        match self.names.infrastructure.find(at, what) {
            Ok(place) => Some(self.ids[place]),
            Err(problem) => {
                self.problems.push(*problem);
                None
            }
        }
    }

    /// The switch that `at` names.
    pub(super) fn switch(&mut self, at: &At<String>) -> Option<SwitchId> {
        match self.place(at, "switch")? {
            Place::Switch(id) => Some(id),
            Place::Host(_) => self.misplaced(at, "host", "links pass switches"),
            Place::Rack(id) => {
                let word = self.racks[id.index()].kind.word();
                self.misplaced(at, word, "links pass switches")
            }
            Place::Lost => None,
        }
    }

    fn host_named(&mut self, at: &At<String>) -> Option<HostId> {
        match self.place(at, "host")? {
            Place::Host(id) => Some(id),
            Place::Rack(id) => {
                let word = self.racks[id.index()].kind.word();
                self.misplaced(at, word, "components stand on hosts")
            }
            Place::Switch(_) => self.misplaced(at, "switch", "components stand on hosts"),
            Place::Lost => None,
        }
    }

    /// The nodes of all components, and which of them each component has.
    pub(super) fn nodes(&mut self) -> (Vec<Node>, Vec<Vec<NodeId>>) {
        let mut nodes = Vec::new();
        let mut owned = Vec::new();
        let blueprints = std::mem::take(&mut self.blueprints);
        for (place, blueprint) in blueprints.iter().enumerate() {
            let first = nodes.len();
            if let Some(blueprint) = blueprint {
                self.nodes_of(ComponentId::from(place), blueprint, &mut nodes);
            }
            owned.push((first..nodes.len()).map(NodeId::from).collect());
        }
        self.blueprints = blueprints;
        if nodes.len() > NODES_MAX {
            let message = format!("{} nodes in all: at most {NODES_MAX}", nodes.len());
            let name = self
                .names
                .components
                .name(nodes[NODES_MAX].component.index());
            self.problems.push(
                Diagnostic::error(code::TOO_MANY, message)
                    .at(name.span.clone())
                    .help("write one node with more `cores` for several equal ones"),
            );
        }
        (nodes, owned)
    }

    /// The nodes of one component, dealt to its hosts in turn (S3).
    fn nodes_of(&mut self, id: ComponentId, blueprint: &Blueprint, nodes: &mut Vec<Node>) {
        let name = self.names.components.name(id.index()).value.clone();
        let Some(component) = self.file.components.get(&name) else {
            return;
        };
        let shared = &component.shared;
        let hosts = self.hosts_of(shared, blueprint);
        let machine = shared
            .machine
            .as_ref()
            .and_then(|machine| self.machine(machine));
        let of_machine = || machine.as_ref().and_then(|machine| machine.cost);
        let cost = shared.cost.or_else(of_machine);
        let plain = LazyCell::new(|| preset::SPEED.read::<Factor>().value());
        for (index, role) in blueprint.roles.iter().enumerate() {
            let host = (!hosts.is_empty()).then(|| hosts[index % hosts.len()]);
            let (speed, nic_bps) = if let Some(host) = host {
                let host = &self.hosts[host.index()];
                (host.speed, host.nic_bps)
            } else {
                let speed = machine.as_ref().and_then(|machine| machine.speed);
                let nic = machine.as_ref().and_then(|machine| machine.nic);
                let nic = nic.map(|nic| nic.bits_per_second() as f64);
                (speed.map_or_else(|| *plain, Factor::value), nic)
            };
            let is_only = blueprint.roles.len() == 1;
            nodes.push(Node {
                name: if is_only {
                    name.clone()
                } else {
                    format!("{name}/{}", index + 1)
                },
                component: id,
                role: *role,
                host,
                speed,
                nic_bps,
                cost: cost.map(Cost::per_month),
            });
        }
    }

    fn hosts_of(&mut self, shared: &schema::Shared, blueprint: &Blueprint) -> Vec<HostId> {
        let Some(on) = &shared.on else {
            return Vec::new();
        };
        if on.value.is_empty() {
            self.problems.push(
                Diagnostic::error(code::MISSING, "no host is named")
                    .at(on.span.clone())
                    .help("name a host, or leave `on` out"),
            );
        }
        if let Some(machine) = &shared.machine {
            self.problems.push(
                Diagnostic::error(code::CONFLICT, "on a host, the machine is the host's")
                    .at(machine.span.clone())
                    .help("move `machine` to the Host"),
            );
        }
        let hosts: Vec<HostId> = on
            .value
            .iter()
            .filter_map(|name| self.host_named(name))
            .collect();
        let idle = on.value.get(blueprint.roles.len());
        if let Some(idle) = idle {
            self.problems.push(
                Diagnostic::error(code::CONFLICT, "there are more hosts than nodes")
                    .at(idle.span.clone())
                    .help("leave this host out, or add nodes"),
            );
        }
        self.check_host_contention(&hosts, blueprint, on);
        self.check_host_caps(&hosts, blueprint, on);
        hosts
    }

    /// A cap of cores (S3) is kept where the host shares its cores or serves in order of arrival.
    fn check_host_caps(
        &mut self,
        hosts: &[HostId],
        blueprint: &Blueprint,
        on: &At<Vec<At<String>>>,
    ) {
        let cap = blueprint.resources.iter().find(|resource| resource.is_cpu);
        let cap = cap.and_then(|cpu| cpu.servers);
        let chooses = |host: &HostId| {
            let host = &self.hosts[host.index()];
            let plain = matches!(
                host.discipline,
                Discipline::Fcfs | Discipline::ProcessorSharing
            );
            cap.is_some_and(|cap| cap < host.cores) && !(plain && host.rates == Rates::default())
        };
        if hosts.iter().any(chooses) {
            let message = "a cap of cores cannot stand on a host of this discipline or these rates";
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(on.span.clone())
                    .help("leave `cores` out of the component, or `on`"),
            );
        }
    }

    /// S6 on a host: its jobs are those of all nodes on it.
    fn check_host_contention(
        &mut self,
        hosts: &[HostId],
        blueprint: &Blueprint,
        on: &At<Vec<At<String>>>,
    ) {
        let bounded = [blueprint.threads, blueprint.connections]
            .iter()
            .any(|permits| permits.is_some_and(|permits| permits.capacity.is_some()));
        let uses_cpu = blueprint.resources.iter().any(|resource| resource.is_cpu);
        let kappa = hosts
            .iter()
            .any(|host| self.hosts[host.index()].contention.kappa > 0.0);
        if kappa && uses_cpu && !bounded {
            self.problems.push(
                Diagnostic::error(
                    code::CONFLICT,
                    "on a host with kappa above 0, unlimited threads collapse at every load",
                )
                .at(on.span.clone())
                .help("bound `threads`, or write `kappa: 0` at the host"),
            );
        }
    }
}

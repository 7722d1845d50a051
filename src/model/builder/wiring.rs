//! Who calls whom, and who sends what.

use super::Builder;
use crate::law::Law;
use crate::model::{
    Arrivals, Call, Caller, Class, ComponentId, Item, Journey, JourneyId, Link, LinkId, MixEntry,
    OnFailure, Policy, Process, Step, Workload,
};

impl Builder {
    /// A call of the operation for the request's class.
    pub fn call(&mut self, caller: ComponentId, callee: ComponentId) -> Step {
        Step::Call(self.calling(caller, &[(callee, 1.0)], None))
    }

    /// A call of an operation by name.
    pub fn call_operation(
        &mut self,
        caller: ComponentId,
        callee: ComponentId,
        operation: &str,
    ) -> Step {
        Step::Call(self.calling(caller, &[(callee, 1.0)], Some(operation)))
    }

    /// A hand-over.
    pub fn forward(&mut self, caller: ComponentId, callee: ComponentId) -> Step {
        Step::Forward(self.calling(caller, &[(callee, 1.0)], None))
    }

    /// Whom a step calls, over the link of each callee (made when it is new).
    pub fn calling(
        &mut self,
        caller: ComponentId,
        callees: &[(ComponentId, f64)],
        operation: Option<&str>,
    ) -> Call {
        let links = callees
            .iter()
            .map(|&(callee, weight)| (self.link_id(Caller::Component(caller), callee), weight))
            .collect();
        Call {
            links,
            operation: operation.map(str::to_owned),
            policy: None,
            maxconn: None,
            sticky: false,
            request: None,
        }
    }

    /// The link between two components, made when it is new.
    pub fn link(&mut self, caller: ComponentId, callee: ComponentId) -> &mut Link {
        let id = self.link_id(Caller::Component(caller), callee);
        &mut self.model.links[id.index()]
    }

    /// The link from a workload to the component where its requests enter, made when it is new.
    ///
    /// # Panics
    /// Where no workload has this name.
    pub fn user_link(&mut self, workload: &str, entry: ComponentId) -> &mut Link {
        let place = self.model.workloads.iter().position(|w| w.name == workload);
        let workload = place.expect("the workload was added before").into();
        let id = self.link_id(Caller::Workload(workload), entry);
        &mut self.model.links[id.index()]
    }

    /// An open Poisson workload of one-request journeys: classes with entry and share.
    pub fn open(&mut self, name: &str, rate: f64, mix: &[(&str, ComponentId, f64)]) -> &mut Self {
        self.workload(
            name,
            Arrivals::Open {
                process: Process::Poisson,
                batch: 1,
                rate_per_s: rate,
                stages: Vec::new(),
                repeats: false,
            },
            mix,
        )
    }

    /// A closed workload of one-request journeys.
    pub fn closed(
        &mut self,
        name: &str,
        users: u32,
        think: Law,
        mix: &[(&str, ComponentId, f64)],
    ) -> &mut Self {
        self.workload(
            name,
            Arrivals::Closed {
                users,
                think,
                stages: Vec::new(),
            },
            mix,
        )
    }

    /// A workload of one-request journeys: classes with entry and share.
    pub fn workload(
        &mut self,
        name: &str,
        arrivals: Arrivals,
        mix: &[(&str, ComponentId, f64)],
    ) -> &mut Self {
        let mix: Vec<_> = mix
            .iter()
            .map(|&(class, entry, share)| MixEntry {
                journey: self.class(class, entry),
                share,
            })
            .collect();
        self.model.workloads.push(Workload {
            name: name.to_owned(),
            arrivals,
            mix: mix.clone(),
            people: None,
            behind_proxy: 0.0,
            on_failure: OnFailure::Continue,
        });
        let workload = (self.model.workloads.len() - 1).into();
        for entry in mix {
            let class = self.model.journeys[entry.journey.index()].items[0].class;
            if let Some(component) = self.model.classes[class.index()].entry {
                self.link_id(Caller::Workload(workload), component);
            }
        }
        self
    }

    /// A class with its journey of one request, made when it is new.
    fn class(&mut self, name: &str, entry: ComponentId) -> JourneyId {
        if let Some(journey) = self.model.journeys.iter().position(|j| j.name == name) {
            return journey.into();
        }
        let class = self.model.classes.len().into();
        self.model.classes.push(Class {
            priority: 0,
            patience: None,
            name: name.to_owned(),
            deadline: None,
            entry: Some(entry),
        });
        self.model.journeys.push(Journey {
            name: name.to_owned(),
            items: vec![Item {
                class,
                times: 1,
                think: None,
            }],
            named: false,
        });
        JourneyId::from(self.model.journeys.len() - 1)
    }

    pub(super) fn link_id(&mut self, caller: Caller, callee: ComponentId) -> LinkId {
        if let Some(id) = self.model.link_between(caller, callee) {
            return id;
        }
        let left = match caller {
            Caller::Component(id) => &self.model.components[id.index()].name,
            Caller::Workload(id) => &self.model.workloads[id.index()].name,
        };
        let name = format!("{left} -> {}", self.model.components[callee.index()].name);
        self.model.links.push(plain_link(name, caller, callee));
        LinkId::from(self.model.links.len() - 1)
    }
}

fn plain_link(name: String, caller: Caller, callee: ComponentId) -> Link {
    Link {
        name,
        caller,
        callee,
        latency: None,
        bandwidth_bps: None,
        via: None,
        pool: None,
        pool_timeout: None,
        timeout: None,
        timeout_law: None,
        hedge: None,
        breaker: None,
        eject: None,
        cancel: false,
        fallback: None,
        bulkhead: None,
        rate_limit: None,
        deadline: None,
        retry: None,
        balance: Policy::RoundRobin,
        health: None,
    }
}

//! Steps of an operation.
//!
//! Bodies of loops and branches stand behind the steps that run them. A choice is `Chance`, the
//! one way, a jump, the other way.

use super::Lowering;
use super::entry::Site;
use super::key::Path;
use crate::engine::id::{LawId, Pc, StationId};
use crate::engine::program::{self, Discipline, Part, Reason, Step};
use crate::law::{Law, mix};
use crate::model::{self, Call};

/// A body to be written, and which step or branch has to be told where.
pub(super) struct Body<'m> {
    steps: &'m [model::Step],
    path: Path,
    site: Site,
    told: Told,
}

enum Told {
    Loop(Pc),
    Branch(usize),
}

impl<'m> Lowering<'m> {
    /// Writes a list of steps, then the bodies of its loops and branches, each with its end.
    pub(super) fn body(&mut self, site: Site, steps: &'m [model::Step], path: Path) {
        let bodies = self.block(site, steps, path);
        self.push(Step::Reply);
        self.bodies(bodies);
    }

    /// Writes the bodies that were put off.
    pub(super) fn bodies(&mut self, bodies: Vec<Body<'m>>) {
        for Body {
            steps,
            path,
            site,
            told,
        } in bodies
        {
            let here = self.here();
            match told {
                Told::Branch(place) => self.program.branches[place].0 = here,
                Told::Loop(at) => {
                    if let Step::Repeat { body, .. } = &mut self.program.steps[at.index()] {
                        *body = here;
                    }
                }
            }
            self.body(site, steps, path);
        }
    }

    /// Writes a list of steps; returns the bodies that must follow.
    pub(super) fn block(
        &mut self,
        site: Site,
        steps: &'m [model::Step],
        path: Path,
    ) -> Vec<Body<'m>> {
        let mut bodies = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            self.step(site, step, path.at(number), &mut bodies);
        }
        bodies
    }

    fn step(&mut self, site: Site, step: &'m model::Step, path: Path, bodies: &mut Vec<Body<'m>>) {
        match step {
            model::Step::Use { resource, demand } => self.serve(site, *resource, demand, path),
            model::Step::Chance {
                share,
                then,
                otherwise,
            } => {
                let ways = [
                    (&then[..], path.then("then")),
                    (&otherwise[..], path.then("else")),
                ];
                self.chance(site, *share, path.key("chance"), ways, bodies);
            }
            model::Step::Repeat { times, steps } => self.repeat(site, *times, steps, path, bodies),
            model::Step::Parallel(branches) => self.fork(site, branches, None, path, bodies),
            model::Step::Quorum { need, of } => self.fork(site, of, Some(*need), path, bodies),
            _ if site.apply.is_some() => {}
            model::Step::Wait(law) => {
                let key = path.key("wait");
                let law = self.law(key, law);
                self.push(Step::Wait {
                    law,
                    key,
                    part: Part::Service,
                });
            }
            model::Step::Send { size } => {
                self.weigh(size, path.key("send"));
                self.send(site, size, path.key("send"));
            }
            model::Step::Call(call) => {
                self.call_step(site, call, path, None);
            }
            model::Step::Fallback { call, instead } => {
                self.covered(site, (call, instead), path, bodies);
            }
            model::Step::Forward(call) => self.forward(site, call, path),
            model::Step::Publish { accept, deliver } => self.publish(site, accept, deliver, path),
            model::Step::Cached { lookup, hit, miss } => {
                self.cached(site, (lookup, *hit, miss), path, bodies);
            }
            model::Step::Held { hit, miss } => {
                self.held_here(site, (*hit, miss), path, bodies);
            }
            model::Step::Resolve(call) => self.resolve(site, call, path, None),
            model::Step::Fail => {
                self.push(Step::Fail {
                    reason: Reason::Error,
                });
            }
        }
    }

    pub(super) fn serve(&mut self, site: Site, resource: usize, demand: &Law, path: Path) {
        let Some(node) = site.node else { return };
        let station = self.station_of(node, resource);
        // Nothing to be done where nobody has to stand in line for it.
        if *demand == Law::Constant(0.0) && self.is_open(station) {
            return;
        }
        let key = path.key("serve");
        let law = match site.apply {
            Some(factor) => self.law(key, &demand.scaled(factor)),
            None => self.law(key, demand),
        };
        self.push(Step::Serve {
            station,
            law,
            key,
            part: Part::Service,
        });
    }

    /// Whether it lets everybody in at once, at any time.
    fn is_open(&self, station: StationId) -> bool {
        let station = &self.program.stations[station.index()];
        station.discipline == Discipline::ProcessorSharing && !station.rates.stops
    }

    /// Bytes through the node's network card: 8e9 / bandwidth ns each.
    fn send(&mut self, site: Site, size: &Law, key: u64) {
        let Some((station, bps)) = site.node.and_then(|node| self.network[node.index()]) else {
            return;
        };
        let law = self.law(mix(key ^ bps.to_bits()), &size.scaled(8e9 / bps));
        self.push(Step::Serve {
            station,
            law,
            key,
            part: Part::Network,
        });
    }

    pub(super) fn request_body(&mut self, site: Site, call: &Call, path: Path) {
        if let Some(size) = &call.request {
            self.send(site, size, path.key("request"));
        }
    }

    fn chance(
        &mut self,
        site: Site,
        share: f64,
        key: u64,
        [then, other]: [(&'m [model::Step], Path); 2],
        bodies: &mut Vec<Body<'m>>,
    ) {
        let choice = self.push(Step::Chance {
            share,
            key,
            otherwise: Pc(0),
        });
        bodies.extend(self.block(site, then.0, then.1));
        let skip = (!other.0.is_empty()).then(|| self.push(Step::Jump { to: Pc(0) }));
        self.aim(choice);
        bodies.extend(self.block(site, other.0, other.1));
        if let Some(skip) = skip {
            self.aim(skip);
        }
    }

    /// Points a step at the place that is written next.
    pub(super) fn aim(&mut self, at: Pc) {
        let here = self.here();
        match &mut self.program.steps[at.index()] {
            Step::Chance { otherwise, .. }
            | Step::Held { otherwise, .. }
            | Step::Look {
                miss: otherwise, ..
            }
            | Step::Quorum {
                otherwise: Some(otherwise),
                ..
            }
            | Step::Call {
                otherwise: Some(otherwise),
                ..
            } => {
                *otherwise = here;
            }
            Step::Jump { to } => *to = here,
            Step::Recall { fresh, .. } => *fresh = here,
            _ => {}
        }
    }

    fn repeat(
        &mut self,
        site: Site,
        times: model::Count,
        steps: &'m [model::Step],
        path: Path,
        bodies: &mut Vec<Body<'m>>,
    ) {
        let count = match times {
            model::Count::Times(times) => program::Count::Times(times),
            model::Count::Geometric(mean) => program::Count::Geometric(mean),
        };
        let at = self.push(Step::Repeat {
            count,
            key: path.key("repeat"),
            body: Pc(0),
        });
        bodies.push(Body {
            steps,
            path: path.then("body"),
            site,
            told: Told::Loop(at),
        });
    }

    fn fork(
        &mut self,
        site: Site,
        branches: &'m [Vec<model::Step>],
        need: Option<u32>,
        path: Path,
        bodies: &mut Vec<Body<'m>>,
    ) {
        if branches.is_empty() {
            return;
        }
        let first = self.program.branches.len();
        for (number, steps) in branches.iter().enumerate() {
            let path = path.then("branch").at(number);
            bodies.push(Body {
                steps,
                path,
                site,
                told: Told::Branch(first + number),
            });
            self.program.branches.push((Pc(0), path.key("branch")));
        }
        let (first, count) = (first as u32, branches.len() as u32);
        self.push(match need {
            None => Step::Fork { first, count },
            Some(need) => Step::Quorum {
                first,
                count,
                need,
                cancel: false,
                copies: false,
                otherwise: None,
            },
        });
    }

    /// Hands the request on; over a link with delay or guards the caller has to wait for the
    /// answer itself.
    fn forward(&mut self, site: Site, call: &Call, path: Path) {
        if let Some(hedge) = self.model.link(call.links[0].0).hedge {
            self.hedged_call(site, call, path, (hedge, None));
            self.push(Step::Reply);
            return;
        }
        self.request_body(site, call, path);
        let plain = call.links.iter().all(|&(link, _)| self.is_plain(link));
        let (call_links, size) = (&call.links, call.request.as_ref());
        let call = self.call(site, call, path.key("call"));
        let blocks = call_blocks(self.model, call_links);
        if plain && self.comes_again(call_links) {
            let key = path.key("again");
            self.push(Step::Renew { key });
        }
        if plain && blocks {
            self.push(Step::ForwardWithRoom { call });
        } else if plain {
            self.push(Step::Forward { call });
        } else {
            if let Some(size) = size {
                self.body_on_line(call, call_links, size, path.key("request"));
            }
            let otherwise = None;
            let at = self.push(Step::Call { call, otherwise });
            self.own_answer(at, call_links);
            self.push(Step::Reply);
        }
    }

    /// Resolves a name unless the client still holds it, then goes to the address. `users` is
    /// the link of a workload that enters here: its delay and guards hold for the request that
    /// follows the lookup (S19).
    pub(super) fn resolve(
        &mut self,
        site: Site,
        call: &Call,
        path: Path,
        users: Option<model::LinkId>,
    ) {
        let (store, call, plain) = self.resolved_call(site, call, path.key("call"), users);
        let recall = self.push(Step::Recall {
            store,
            fresh: Pc(0),
        });
        self.push(Step::Resolve {
            store,
            key: path.key("lookup"),
        });
        self.aim(recall);
        if plain {
            self.push(Step::ForwardResolved { store, call });
        } else {
            self.push(Step::Call {
                call,
                otherwise: None,
            });
            self.push(Step::Reply);
        }
    }

    /// The law of a delay that several parts add to; none where nothing is added.
    pub(super) fn delay(&mut self, key: u64, parts: Vec<Law>) -> Option<LawId> {
        let fixed: f64 = parts
            .iter()
            .map(|part| if let Law::Constant(c) = part { *c } else { 0.0 })
            .sum();
        let mut rest: Vec<Law> = parts
            .into_iter()
            .filter(|part| !matches!(part, Law::Constant(_)))
            .collect();
        if fixed > 0.0 {
            rest.push(Law::Constant(fixed));
        }
        let law = match rest.len() {
            0 => return None,
            1 => rest.swap_remove(0),
            _ => Law::Sum(rest.into()),
        };
        Some(self.law(key, &law))
    }
}

/// Whether a callee lets nobody in when it is full, and holds up who was to be handed over.
fn call_blocks(model: &model::Model, links: &[(model::LinkId, f64)]) -> bool {
    links.iter().any(|&(link, _)| {
        let callee = model.component(model.link(link).callee);
        callee.queueing.full == model::Full::Block
    })
}

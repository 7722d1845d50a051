//! Workloads: root programs, journeys, rates over time.

use std::collections::BTreeSet;

use super::entry::Site;
use super::key::Path;
use super::surge::{surged, surges};
use super::{Lowering, Origin, class_id};
use crate::engine::id::{JourneyId, Pc};
use crate::engine::program::{
    Arrivals, Item, Journey, OnFailure, Phase, Process, Program, Segment, Source, Step,
};
use crate::model::{self, Call, Caller, ClassId, MixEntry, Stage, Workload, WorkloadId};

impl Lowering<'_> {
    /// Makes journeys and sources.
    pub(super) fn sources(&mut self) {
        let model = self.model;
        for journey in &model.journeys {
            let items = (0..).zip(&journey.items).map(|(number, item)| {
                let key = Path::new("journey")
                    .then(&journey.name)
                    .at(number)
                    .key("think");
                let think = item.think.as_ref().map(|law| self.law(key, law));
                Item {
                    class: class_id(item.class),
                    times: item.times,
                    think,
                    key,
                }
            });
            let items = items.collect();
            let (name, named) = (journey.name.clone(), journey.named);
            self.program.journeys.push(Journey { name, items, named });
        }
        for (number, workload) in model.workloads.iter().enumerate() {
            let source = self.source(number.into(), workload);
            self.program.sources.push(source);
        }
    }

    fn source(&mut self, id: WorkloadId, workload: &Workload) -> Source {
        let model = self.model;
        let path = Path::new("workload").then(&workload.name);
        let mut entry = vec![None; model.classes.len()];
        for class in self.classes_of(workload) {
            entry[class.index()] = self.root(id, class);
        }
        Source {
            name: workload.name.clone(),
            key: path.key("source"),
            entry,
            arrivals: self.arrivals(id, workload, path),
            people: workload.people,
            behind_proxy: workload.behind_proxy,
            on_failure: match workload.on_failure {
                model::OnFailure::Continue => OnFailure::Continue,
                model::OnFailure::Abandon => OnFailure::Abandon,
            },
        }
    }

    /// The classes that a workload can send.
    fn classes_of(&self, workload: &Workload) -> BTreeSet<ClassId> {
        let stages: &[Stage] = match &workload.arrivals {
            model::Arrivals::Open { stages, .. } | model::Arrivals::Closed { stages, .. } => stages,
            model::Arrivals::Replay { .. } => &[],
        };
        let mixes = stages
            .iter()
            .flat_map(|stage| &stage.mix)
            .chain(&workload.mix);
        let logged = match &workload.arrivals {
            model::Arrivals::Replay { log, .. } => &log[..],
            _ => &[],
        };
        let journeys: BTreeSet<_> = mixes
            .map(|entry| entry.journey)
            .chain(logged.iter().map(|line| line.1))
            .collect();
        let items = journeys
            .iter()
            .flat_map(|journey| &self.model.journeys[journey.index()].items);
        items.map(|item| item.class).collect()
    }

    /// The program of a root visit: hand over to the entry where the link allows it, else call.
    /// A name service is asked by the clients themselves: nothing is sent through its nodes.
    fn root(&mut self, workload: WorkloadId, class: ClassId) -> Option<Pc> {
        let model = self.model;
        let entry = model.classes[class.index()].entry?;
        let link = model.link_between(Caller::Workload(workload), entry)?;
        let component = model.component(entry);
        let site = Site {
            origin: Origin::Users(workload),
            node: None,
            class,
            apply: None,
        };
        let start = self.here();
        let path = Path::new("workload").then(&model.workloads[workload.index()].name);
        let path = path.then(&component.name);
        let operation = component.operation_for(&model.classes[class.index()].name)?;
        if let [model::Step::Resolve(call)] = &component.operations[operation].steps[..] {
            self.resolve(site, call, path, Some(link));
            return Some(start);
        }
        let call = Call {
            links: vec![(link, 1.0)],
            operation: None,
            policy: None,
            maxconn: None,
            sticky: false,
            request: None,
        };
        let plain = self.is_free(link) && self.is_patient(site);
        let call = self.call(site, &call, path.key("call"));
        if plain {
            self.push(Step::Forward { call });
        } else {
            self.push(Step::Call {
                call,
                otherwise: None,
            });
            self.push(Step::Reply);
        }
        Some(start)
    }

    fn arrivals(&mut self, id: WorkloadId, workload: &Workload, path: Path) -> Arrivals {
        match &workload.arrivals {
            model::Arrivals::Open {
                process,
                batch,
                rate_per_s,
                stages,
                repeats,
            } => {
                let mut segments = segments(stages, *rate_per_s, &workload.mix);
                if *repeats {
                    segments.pop();
                }
                let surges = surges(&self.model.faults, id);
                let (segments, again) = surged(segments, repeats.then_some(0), &surges);
                Arrivals::Open {
                    process: self.process(process, path),
                    batch: *batch,
                    segments,
                    again,
                }
            }
            model::Arrivals::Closed {
                users,
                think,
                stages,
            } => Arrivals::Closed {
                segments: segments(stages, f64::from(*users), &workload.mix),
                think: self.law(path.key("think"), think),
            },
            model::Arrivals::Replay { log, items, .. } => Arrivals::Replay {
                log: log
                    .iter()
                    .map(|&(at, journey, who)| (at, JourneyId(journey.0), who))
                    .collect(),
                items: items.clone(),
            },
        }
    }

    fn process(&mut self, process: &model::Process, path: Path) -> Process {
        match process {
            model::Process::Poisson => Process::Poisson,
            model::Process::Deterministic => Process::Deterministic,
            model::Process::Renewal(law) => Process::Renewal(self.law(path.key("gaps"), law)),
            model::Process::Modulated(phases) => {
                let phase = |phase: &model::Phase| Phase {
                    factor: phase.factor,
                    stay: phase.stay,
                };
                let phases = phases.iter().map(phase).collect();
                self.program.modulations.push(phases);
                Process::Modulated(self.program.modulations.len() as u32 - 1)
            }
        }
    }
}

/// Stages one after the other; the level and mix at the end of the last one hold for ever. A
/// stage of no length is a jump and leaves no segment.
fn segments(stages: &[Stage], level: f64, mix: &[MixEntry]) -> Vec<Segment> {
    let mut start = 0;
    let mut segments = Vec::new();
    for stage in stages.iter().filter(|stage| stage.length > 0) {
        segments.push(Segment {
            start,
            from: stage.from,
            to: stage.to,
            length: Some(stage.length),
            mix: shares(&stage.mix, mix),
        });
        start = start.saturating_add(stage.length);
    }
    let (last, own) = stages
        .last()
        .map_or((level, &[][..]), |stage| (stage.to, &stage.mix[..]));
    let mix = shares(own, mix);
    segments.push(Segment {
        start,
        from: last,
        to: last,
        length: None,
        mix,
    });
    segments
}

fn shares(own: &[MixEntry], general: &[MixEntry]) -> Vec<(JourneyId, f64)> {
    let mix = if own.is_empty() { general } else { own };
    mix.iter()
        .map(|entry| (JourneyId(entry.journey.0), entry.share))
        .collect()
}

/// Puts an uncounted stretch at the level and mix of the first stage in front of every workload,
/// in which a warm start finds its steady state (S29); a replay is silent in it. `ns` is its
/// length; faults and controls must be moved by as much.
pub fn with_lead_in(program: &mut Program, ns: u64) {
    if ns == 0 {
        return;
    }
    for scaler in &mut program.scalers {
        scaler.from = scaler.from.saturating_add(ns);
    }
    for source in &mut program.sources {
        match &mut source.arrivals {
            Arrivals::Open {
                segments, again, ..
            } => {
                let before = segments.len();
                lead(segments, ns);
                let added = segments.len() - before;
                *again = again.map(|first| first + added as u32);
            }
            Arrivals::Closed { segments, .. } => lead(segments, ns),
            Arrivals::Replay { log, .. } => {
                for line in log {
                    line.0 = line.0.saturating_add(ns);
                }
            }
        }
    }
}

fn lead(segments: &mut Vec<Segment>, ns: u64) {
    let Some(first) = segments.first().cloned() else {
        return;
    };
    if first.length.is_none() {
        return;
    }
    for segment in segments.iter_mut() {
        segment.start = segment.start.saturating_add(ns);
    }
    let level = first.from;
    segments.insert(
        0,
        Segment {
            start: 0,
            from: level,
            to: level,
            length: Some(ns),
            ..first
        },
    );
}

//! Small random architectures, the same for the same seed, of every structure that a model can
//! hold.

use std::collections::BTreeMap;

use linchpin::law::Law;
use linchpin::model::builder::{Builder, constant, health, ms, seconds};
use linchpin::model::{
    Call, ComponentId, Count, Health, HostId, Item, Journey, MixEntry, Model, NameService, NodeId,
    Path, Policy, Role, Step, SwitchId, Takeover, Tier, Ties,
};

/// Most nodes, hosts, racks and switches of a random model together.
pub const MOST_PARTS: usize = 12;

/// A random model of at most [`MOST_PARTS`] parts with the classes `a` and `b` of one open
/// workload `users`, and the journey `both`. With `circles`, some hand requests back to
/// components before them (and leave the circle by chance).
pub fn random_model(seed: u64, circles: bool) -> Model {
    let mut maker = Maker {
        dice: Dice(seed),
        builder: Builder::new("random"),
        circles,
    };
    maker.make()
}

/// `SplitMix64` (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
struct Dice(u64);

impl Dice {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to `sides - 1`.
    fn below(&mut self, sides: usize) -> usize {
        (self.word() % sides as u64) as usize
    }

    /// True once in `sides`.
    fn once_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }
}

struct Maker {
    dice: Dice,
    builder: Builder,
    circles: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Pool,
    Pair,
    Data,
}

impl Maker {
    fn make(&mut self) -> Model {
        let hosts: Vec<HostId> = (0..self.dice.below(3))
            .map(|n| self.builder.host(&format!("h{n}"), 8))
            .collect();
        let switches: Vec<SwitchId> = (0..self.dice.below(3))
            .map(|n| self.builder.switch(&format!("sw{n}")))
            .collect();
        let mut left = MOST_PARTS - hosts.len() - switches.len();
        if self.dice.once_in(3) {
            self.builder.rack("r", &hosts);
            left -= 1;
        }
        if self.dice.once_in(3) && left > 2 {
            // Two feeds, of which hosts need both, either, or the first.
            let feeds = ["f1", "f2"].map(|name| self.builder.rack(name, &[]));
            for &host in &hosts {
                let model = self.builder.model();
                let place = &mut model.hosts[host.index()];
                match self.dice.below(3) {
                    0 => place.within.extend(feeds),
                    1 => place.fed_by = feeds.to_vec(),
                    _ => place.within.push(feeds[0]),
                }
            }
            left -= 2;
        }
        let mut parts = Vec::new();
        for number in 0..2 + self.dice.below(4) {
            if left == 0 {
                break;
            }
            parts.push(self.component(number, &mut left));
        }
        if self.dice.once_in(4) {
            self.name_service(parts[0].0);
        }
        for place in (0..parts.len()).rev() {
            self.operations(&parts, place);
        }
        let first = parts[0].0;
        self.builder
            .open("users", 100.0, &[("a", first, 0.5), ("b", first, 0.5)]);
        self.journey();
        self.place(&parts, &hosts);
        self.wire(&switches);
        self.builder.clone().build()
    }

    /// A component of one to three nodes.
    fn component(&mut self, number: usize, left: &mut usize) -> (ComponentId, Shape) {
        let name = format!("c{number}");
        let nodes = (1 + self.dice.below(3)).min(*left);
        *left -= nodes;
        let shape = if nodes == 1 || number == 0 {
            0
        } else {
            self.dice.below(3)
        };
        match shape {
            1 if nodes == 2 => (
                self.builder.pair(&name, seconds(1), seconds(1)),
                Shape::Pair,
            ),
            2 => {
                let standbys = self.dice.below(nodes) as u32;
                let id = self
                    .builder
                    .database(&name, standbys, nodes as u32 - 1 - standbys);
                if self.dice.once_in(2) {
                    let takeover = Takeover::Promotion {
                        detect: seconds(1),
                        promote: seconds(1),
                    };
                    self.builder.model().components[id.index()].takeover = takeover;
                }
                (id, Shape::Data)
            }
            _ => (self.builder.component(&name, nodes as u32), Shape::Pool),
        }
    }

    fn name_service(&mut self, component: ComponentId) {
        let checks = self.dice.once_in(2).then(|| health(ms(200), 2, 2));
        self.builder.model().components[component.index()].names = Some(NameService {
            ttl: ms(500),
            lookup: constant(ms(1)),
            health: checks,
        });
    }

    /// Operations of the component at `place`, which may call the components after it.
    fn operations(&mut self, parts: &[(ComponentId, Shape)], place: usize) {
        let (id, shape) = parts[place];
        if self.builder.model().components[id.index()].names.is_some() {
            let step = self.callee(parts, place).map_or(Step::Fail, Step::Resolve);
            self.builder.operation(id, "default", vec![step]);
            return;
        }
        let names: &[&str] = if self.dice.once_in(2) {
            &["a", "default"]
        } else {
            &["default"]
        };
        for name in names {
            let tier = match shape {
                Shape::Pool | Shape::Pair => Tier::Members,
                Shape::Data if self.dice.once_in(2) => Tier::Primary,
                Shape::Data => Tier::Replicas,
            };
            let mut steps = vec![self.builder.work(id, "cpu", constant(1_000))];
            steps.extend(self.steps(parts, place, 2));
            self.ending(parts, place, &mut steps);
            self.builder.tier_operation(id, name, tier, steps, 0.0);
        }
    }

    /// Perhaps a hand-over as the last step.
    fn ending(&mut self, parts: &[(ComponentId, Shape)], place: usize, steps: &mut Vec<Step>) {
        if self.dice.once_in(3) {
            steps.extend(self.callee(parts, place).map(Step::Forward));
        } else if self.circles && place > 0 && self.dice.once_in(2) {
            let back = parts[1 + self.dice.below(place)].0;
            let call = self.builder.calling(parts[place].0, &[(back, 1.0)], None);
            let out = self
                .callee(parts, place)
                .map(Step::Forward)
                .into_iter()
                .collect();
            let then = vec![Step::Forward(call)];
            steps.push(Step::Chance {
                share: 0.5,
                then,
                otherwise: out,
            });
        }
    }

    fn steps(&mut self, parts: &[(ComponentId, Shape)], place: usize, depth: usize) -> Vec<Step> {
        (0..self.dice.below(3))
            .filter_map(|_| self.step(parts, place, depth))
            .collect()
    }

    fn step(&mut self, parts: &[(ComponentId, Shape)], place: usize, depth: usize) -> Option<Step> {
        let choice = if depth == 0 { 0 } else { self.dice.below(8) };
        Some(match choice {
            0..=2 => Step::Call(self.callee(parts, place)?),
            3 => {
                let share = [0.0, 0.3, 0.7, 1.0][self.dice.below(4)];
                let then = self.steps(parts, place, depth - 1);
                let otherwise = if self.dice.once_in(4) {
                    vec![Step::Fail]
                } else {
                    self.steps(parts, place, depth - 1)
                };
                Step::Chance {
                    share,
                    then,
                    otherwise,
                }
            }
            4 => {
                let branches = 1 + self.dice.below(2);
                Step::Parallel(
                    (0..branches)
                        .map(|_| self.steps(parts, place, depth - 1))
                        .collect(),
                )
            }
            5 => {
                let times = [Count::Times(0), Count::Times(2), Count::Geometric(0.7)];
                let times = times[self.dice.below(3)];
                Step::Repeat {
                    times,
                    steps: self.steps(parts, place, depth - 1),
                }
            }
            6 => Step::Cached {
                lookup: self.callee(parts, place)?,
                hit: [0.0, 0.5, 1.0][self.dice.below(3)],
                miss: self.steps(parts, place, depth - 1),
            },
            _ => Step::Wait(Law::Constant(1_000.0)),
        })
    }

    /// A call of one later component, or of two without a primary by turns.
    fn callee(&mut self, parts: &[(ComponentId, Shape)], place: usize) -> Option<Call> {
        let later = &parts[place + 1..];
        let (first, shape) = *later.get(self.dice.below(later.len().max(1)))?;
        let mut callees = vec![(first, 1.0)];
        let (second, other) = later[self.dice.below(later.len())];
        let balanced = ![shape, other].contains(&Shape::Data);
        if second != first && balanced && self.dice.once_in(3) {
            callees.push((second, 1.0));
        }
        // One order, so that a key is spread over the same nodes by every call.
        callees.sort_by_key(|&(callee, _)| callee);
        Some(self.builder.calling(parts[place].0, &callees, None))
    }

    fn journey(&mut self) {
        let model = self.builder.model();
        let items = vec![
            Item {
                class: 0_usize.into(),
                times: 2,
                think: None,
            },
            Item {
                class: 1_usize.into(),
                times: 1,
                think: None,
            },
        ];
        model.journeys.push(Journey {
            name: "both".to_owned(),
            items,
            named: true,
        });
        let journey = (model.journeys.len() - 1).into();
        for entry in &mut model.workloads[0].mix {
            entry.share = 0.25;
        }
        model.workloads[0].mix.push(MixEntry {
            journey,
            share: 0.5,
        });
    }

    fn place(&mut self, parts: &[(ComponentId, Shape)], hosts: &[HostId]) {
        if hosts.is_empty() {
            return;
        }
        for &(id, _) in parts {
            if self.dice.once_in(2) {
                let from = self.dice.below(hosts.len());
                let spread = 1 + self.dice.below(hosts.len() - from);
                self.builder.on(id, &hosts[from..from + spread]);
            }
        }
    }

    /// Health checks, balancing and paths, the same for all links of one caller.
    fn wire(&mut self, switches: &[SwitchId]) {
        let mut drawn = BTreeMap::new();
        for place in 0..self.builder.model().links.len() {
            let caller = self.builder.model().links[place].caller;
            let (checks, balance, via) = drawn
                .entry(caller)
                .or_insert_with(|| wiring(&mut self.dice, switches))
                .clone();
            let model = self.builder.model();
            let link = &mut model.links[place];
            link.health = checks;
            link.via = via;
            let callee = &model.components[link.callee.index()];
            let led = |node: &NodeId| model.nodes[node.index()].role == Role::Primary;
            // Keys are spread over equals, not over a primary and its replicas.
            let sharded = balance == Policy::Shard;
            link.balance = if sharded && callee.nodes.iter().any(led) {
                Policy::Random
            } else {
                balance
            };
        }
    }
}

fn wiring(dice: &mut Dice, switches: &[SwitchId]) -> (Option<Health>, Policy, Option<Path>) {
    let checks = dice.once_in(2).then(|| health(ms(200), 2, 2));
    // Callers that never learn of a loss choose by chance: strict turns, or the fewest open calls
    // among parallel ones, could send one call of every request to the lost node.
    let balance = match dice.below(5) {
        0 => Policy::Shard,
        1 | 2 if checks.is_some() => Policy::RoundRobin,
        3 if checks.is_some() => Policy::LeastConnections(Ties::Random),
        _ => Policy::Random,
    };
    let options = match (switches, dice.below(6)) {
        ([first, second], 0) => vec![vec![*first], vec![*second]],
        ([first, second], 1) => vec![vec![*first, *second]],
        ([first, ..], 2) => vec![vec![*first]],
        _ => return (checks, balance, None),
    };
    (
        checks,
        balance,
        Some(Path {
            options,
            detect: seconds(1),
        }),
    )
}

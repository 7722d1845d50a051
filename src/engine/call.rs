//! Calls: connection, attempts with timeout, pauses, deadline; and forwarding.

use super::key::{Key, Rank};
use super::limit::Bound;
use super::pool::Wish;
use super::program::{Backoff, Call, Part, Reason, Step};
use super::run::Engine;
use super::visit::{CONNECTED, COUNTED, DEGRADED, INSIDE, NONE, OPEN, State};
use crate::law::{fraction, mix};

/// Odd constant that spreads attempts and rounds over the keys.
pub(super) const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
/// Purposes of draws of one call.
pub(super) const OUT: u64 = 0x0A1D_53C6_71E8_9B2F;
const PAUSE: u64 = 0x6C62_272E_07BB_0142;

impl<'a> Engine<'a> {
    /// The call of a visit's current step, and where to go on if it fails.
    pub(super) fn calling(&self, id: u32) -> (&'a Call, Option<u32>) {
        let program = self.program;
        match program.steps[self.visits[id].pc as usize] {
            Step::Call { call, otherwise } => {
                (&program.calls[call.index()], otherwise.map(|pc| pc.0))
            }
            step => unreachable!("a calling visit stands at a call, not at {step:?}"),
        }
    }

    /// Begins a call.
    pub(super) fn call(&mut self, id: u32, call: u32) -> Option<u32> {
        let call = &self.program.calls[call as usize];
        let link = &mut self.probe.links[call.link.index()];
        link.calls += u64::from(!call.hedge);
        link.hedges += u64::from(call.hedge);
        let visit = &mut self.visits[id];
        (visit.count, visit.deadline, visit.target) = (0, 0, NONE);
        if call.elsewhere {
            self.tried.remove(&id);
        }
        if let Some(lane) = call.deadline {
            let number = self.fresh();
            self.visits[id].deadline = number;
            self.arm(lane.0, id, number);
        }
        if let Some(law) = call.patience {
            self.bound_call(id, call, law);
        }
        self.attempt(id)
    }

    #[inline]
    pub(super) fn arm(&mut self, lane: u32, id: u32, number: u64) {
        let place = &mut self.lanes[lane as usize];
        if let Some(due) = place.arm(&self.visits, self.now, id, number) {
            self.put(due, Rank::Expired, lane);
        }
    }

    /// Begins an attempt: first a connection.
    fn attempt(&mut self, id: u32) -> Option<u32> {
        let (call, _) = self.calling(id);
        if let Some(reason) = self.held_back(id, call) {
            return self.call_failed(id, reason);
        }
        let number = self.fresh();
        let visit = &mut self.visits[id];
        visit.count += 1;
        visit.awaits = number;
        let link = &mut self.probe.links[call.link.index()];
        link.attempts += 1;
        link.retries += u64::from(visit.count > 1);
        if visit.is(COUNTED) {
            self.probe.attempted(visit.class);
        }
        if call.pool.is_none() {
            return self.send(id, call);
        }
        self.wait_for_connection(id, call)
    }

    /// Takes a connection, or waits for one.
    pub(super) fn wait_for_connection(&mut self, id: u32, call: &'a Call) -> Option<u32> {
        let Some(pool) = call.pool else {
            unreachable!("a call over a pool")
        };
        if self.has_nobody(call) {
            return self.attempt_failed(id, Reason::NoBackend);
        }
        match self.pools[pool.index()].wish(&mut self.visits, id, self.now) {
            Wish::Granted => {
                self.visits[id].flags |= CONNECTED;
                self.send(id, call)
            }
            Wish::Waiting => {
                let visit = &mut self.visits[id];
                visit.at = pool.0;
                visit.state = State::Connection;
                if let Some(lane) = call.pool_timeout {
                    let number = self.visits[id].awaits;
                    self.arm(lane.0, id, number);
                }
                None
            }
            Wish::Refused => {
                let reason = self.pools[pool.index()].refusal;
                self.attempt_failed(id, reason)
            }
        }
    }

    /// A waiting visit got its connection; the patience for it no longer counts.
    pub(super) fn connected(&mut self, id: u32) -> Option<u32> {
        let pool = self.visits[id].at;
        self.charge(id, self.pools[pool as usize].part);
        let number = self.fresh();
        let visit = &mut self.visits[id];
        visit.awaits = number;
        visit.flags |= CONNECTED;
        let (call, _) = self.calling(id);
        self.send(id, call)
    }

    /// Chooses a target and sends a child visit there.
    fn send(&mut self, id: u32, call: &'a Call) -> Option<u32> {
        let visit = &self.visits[id];
        let (awaits, attempt) = (visit.awaits, u64::from(visit.count));
        let key = mix((visit.key ^ call.key).wrapping_add(attempt.wrapping_mul(SPREAD)));
        let Some(target) = self.choose(id, call) else {
            return self.no_target(id, call);
        };
        if let Some(lane) = call.timeout {
            self.arm(lane.0, id, awaits);
        } else if let Some(law) = call.timeout_law {
            self.bound_attempt(id, call, law);
        }
        self.asks(id, call, target);
        let Step::Call { call: number, .. } = self.program.steps[self.visits[id].pc as usize]
        else {
            unreachable!("a calling visit stands at a call")
        };
        let counts = self.selectors[call.selector.index()].counts();
        if counts {
            self.count_open(call.selector.0, target);
        }
        let mut child = self.visits[id].child(id, key, self.now);
        child.back = number.0;
        let child = self.visits.add(child);
        self.caches.origins.inherit(id, child, call.asks);
        self.may_cancel(call, id, child);
        let visit = &mut self.visits[id];
        visit.state = State::Calling;
        visit.target = target;
        visit.flags |= if counts { OPEN } else { 0 };
        self.send_out(id, child, (number.0, target))
    }

    /// Sends a visit over a call to a target.
    #[inline(always)]
    pub(super) fn travel(&mut self, id: u32, number: u32, target: u32) -> Option<u32> {
        if self.weather.known {
            return self.venture(id, number, target);
        }
        let call = &self.program.calls[number as usize];
        let node = self.program.selectors[call.selector.index()].targets[target as usize].node;
        let visit = &mut self.visits[id];
        visit.node = node.0;
        visit.hop = number;
        visit.pc = self.program.entries[(call.entries + target) as usize].0;
        let Some(law) = call.latency else {
            return self.reach(id);
        };
        let word = mix(visit.key ^ call.key ^ OUT);
        let ticket = self.put(
            self.now.saturating_add(self.draw_ns(law, word)),
            Rank::Reached,
            id,
        );
        let visit = &mut self.visits[id];
        visit.ticket = ticket;
        visit.state = State::Travelling;
        None
    }

    /// A visit reaches a node, or a pause between attempts is over.
    pub(super) fn reached(&mut self, key: Key) -> Option<u32> {
        let id = self.wake(key)?;
        if self.visits[id].state == State::Pausing {
            self.charge(id, Part::RetryWait);
            return self.attempt(id);
        }
        if self.visits[id].state == State::Orbiting {
            return self.try_again(id);
        }
        self.reach(id)
    }

    /// Gives a visit another key.
    pub(super) fn renew(&mut self, id: u32, key: u64) -> Option<u32> {
        let visit = &mut self.visits[id];
        visit.key = mix(visit.key ^ key);
        self.caches.origins.inherit(id, id, key);
        self.go_on(id)
    }

    /// Leaves the node for another one that a plain call leads to.
    #[inline(never)]
    pub(super) fn move_on(&mut self, id: u32, node: u32, pc: u32) -> Option<u32> {
        if self.fuel == 0 && self.is_loop() {
            return None;
        }
        if self.visits[id].is(INSIDE) {
            self.leave(id, None);
        } else {
            self.settle(id);
        }
        let visit = &mut self.visits[id];
        visit.node = node;
        visit.pc = pc;
        self.enter(id)
    }

    /// Leaves the node towards a target of a call that has something on its way.
    #[inline(never)]
    pub(super) fn forward(&mut self, id: u32, number: u32) -> Option<u32> {
        let call = &self.program.calls[number as usize];
        match self.choose(id, call) {
            Some(target) => self.forward_to(id, number, target),
            None => self.finish(id, Some(Reason::NoBackend)),
        }
    }

    /// Leaves the node towards this target.
    pub(super) fn forward_to(&mut self, id: u32, number: u32, target: u32) -> Option<u32> {
        let call = &self.program.calls[number as usize];
        let link = &mut self.probe.links[call.link.index()];
        link.calls += 1;
        link.attempts += 1;
        if self.visits[id].is(COUNTED) {
            self.probe.attempted(self.visits[id].class);
        }
        if self.visits[id].is(INSIDE) {
            self.leave(id, None);
        } else {
            self.settle(id);
        }
        if self.selectors[call.selector.index()].counts() {
            self.count_open(call.selector.0, target);
            self.remember_open(id, call.selector.0, target);
        }
        let visit = &mut self.visits[id];
        if visit.back == NONE {
            visit.back = number;
        }
        self.travel(id, number, target)
    }

    /// Ends what the current attempt holds: connection, count at the selector, expectation.
    pub(super) fn let_go(&mut self, id: u32) {
        self.forget_lost(id);
        let (call, _) = self.calling(id);
        if call.cancel {
            self.withdraw(id);
        }
        let visit = &mut self.visits[id];
        let (flags, target) = (visit.flags, visit.target);
        visit.flags &= !(CONNECTED | OPEN);
        visit.awaits = 0;
        if call.timeout_law.is_some() {
            self.limits.disarm(id, Bound::Attempt);
        }
        if flags & OPEN != 0 {
            self.count_closed(call.selector.0, target);
        }
        if let (true, Some(pool)) = (flags & CONNECTED != 0, call.pool) {
            self.release(pool.0);
            self.regate(call.selector.0);
        }
    }

    /// An attempt brought no answer: pause and try again, or give up.
    pub(super) fn attempt_failed(&mut self, id: u32, reason: Reason) -> Option<u32> {
        self.charge(id, Part::RetryWait);
        self.let_go(id);
        let (call, _) = self.calling(id);
        self.attempt_over(id, call, true);
        let visit = &self.visits[id];
        let (key, tries) = (visit.key, visit.count);
        if tries >= call.attempts || !self.may_retry(call) {
            return self.call_failed(id, reason);
        }
        let pause = self.pause(call, key, tries);
        if pause == 0 {
            return self.attempt(id);
        }
        let ticket = self.put(self.now.saturating_add(pause), Rank::Reached, id);
        let visit = &mut self.visits[id];
        visit.state = State::Pausing;
        visit.ticket = ticket;
        None
    }

    fn pause(&self, call: &Call, key: u64, tries: u32) -> u64 {
        let spread = u64::from(tries).wrapping_mul(SPREAD);
        let word = mix((key ^ call.key ^ PAUSE).wrapping_add(spread));
        match call.backoff {
            Backoff::Law(None) => 0,
            Backoff::Law(Some(law)) => self.draw_ns(law, word),
            Backoff::Doubling { from, cap, jitter } => {
                let factor = 1u64.checked_shl(tries - 1).unwrap_or(u64::MAX);
                let most = from.saturating_mul(factor).min(cap);
                if jitter {
                    (fraction(word) * most as f64) as u64
                } else {
                    most
                }
            }
        }
    }

    /// The call failed for good.
    pub(super) fn call_failed(&mut self, id: u32, reason: Reason) -> Option<u32> {
        let (call, otherwise) = self.calling(id);
        self.attempt_over(id, call, true);
        self.probe.links[call.link.index()].failed += 1;
        if call.patience.is_some() {
            self.limits.disarm(id, Bound::Call);
        }
        let visit = &mut self.visits[id];
        visit.deadline = 0;
        visit.state = State::Ready;
        let Some(pc) = otherwise else {
            return self.finish(id, Some(reason));
        };
        visit.flags |= DEGRADED;
        visit.pc = pc;
        Some(id)
    }

    /// A timer of a lane runs out.
    pub(super) fn expired(&mut self, lane: u32) -> Option<u32> {
        if lane as usize == self.lanes.len() {
            return self.lapsed();
        }
        let timer = self.lanes[lane as usize].expire(&self.visits, self.now);
        if let Some(due) = self.lanes[lane as usize].next() {
            self.put(due, Rank::Expired, lane);
        }
        timer.and_then(|timer| self.ran_out(timer.visit, timer.number))
    }

    fn ran_out(&mut self, id: u32, number: u64) -> Option<u32> {
        let (call, _) = self.calling(id);
        let visit = &mut self.visits[id];
        let waits = visit.state == State::Connection;
        let over = visit.deadline == number;
        visit.ticket = 0;
        if waits {
            let pool = visit.at;
            self.pools[pool as usize].give_up(&mut self.visits, id, self.now, !over);
        } else if !over {
            self.probe.links[call.link.index()].timeouts += 1;
        }
        if over {
            self.charge(id, Part::RetryWait);
            self.let_go(id);
            return self.call_failed(id, Reason::Deadline);
        }
        self.attempt_failed(
            id,
            if waits {
                Reason::PoolTimeout
            } else {
                Reason::Timeout
            },
        )
    }
}

//! By a cookie that names the node that answered a person first: the person goes there again for as
//! long as it takes part and has room; else the policy chooses anew, and the person belongs there.
//! The browser holds the cookie, so that all nodes of a balancer know it. Source: `HAProxy` 2.6,
//! *Configuration Manual*, `cookie`, `option redispatch`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Asker, Selector};
use crate::engine::program::Program;
use crate::engine::visit::NONE;

/// By person: the target.
pub(super) type Jar = Rc<RefCell<BTreeMap<u32, u32>>>;

/// Lets the selectors of each balancer read the same cookies.
pub(super) fn share(program: &Program, selectors: &mut [Selector]) {
    let jars: Vec<Jar> = (0..program.jars).map(|_| Jar::default()).collect();
    for (selector, described) in selectors.iter_mut().zip(&program.selectors) {
        selector.jar = described.jar.map(|place| jars[place as usize].clone());
    }
}

pub(super) fn choose(selector: &mut Selector, asker: Asker) -> Option<u32> {
    let jar = selector.jar.clone().filter(|_| asker.person != NONE);
    let Some(jar) = jar else {
        return selector.pick(asker);
    };
    let known = jar.borrow().get(&asker.person).copied();
    let eligible = &selector.crowd.eligible;
    if let Some(target) = known.filter(|target| eligible.contains(target)) {
        return Some(target);
    }
    let target = selector.pick(asker)?;
    jar.borrow_mut().insert(asker.person, target);
    Some(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::program::Policy;

    /// In turn over three: each person goes where it went first, and moves when that is lost, for
    /// good; who has no cookie goes in turn.
    #[test]
    fn a_person_stays_until_its_node_is_lost() {
        let mut selector = Selector::of(Policy::RoundRobin, &[1.0; 3]);
        selector.jar = Some(Jar::default());
        let ask = |selector: &mut Selector, person| {
            let asker = Asker {
                key: 0,
                address: 0,
                person,
            };
            selector.choose(asker).unwrap()
        };
        let first: Vec<u32> = (0..6).map(|person| ask(&mut selector, person)).collect();
        assert_eq!(first[..3], first[3..]);
        for person in [3, 1, 5, 0, 4, 2] {
            assert_eq!(ask(&mut selector, person), first[person as usize]);
        }
        selector.believe(first[0], false, 0);
        let moved = ask(&mut selector, 0);
        assert_ne!(moved, first[0]);
        assert_eq!(ask(&mut selector, 1), first[1], "its node is up");
        selector.believe(first[0], true, 0);
        assert_eq!(ask(&mut selector, 0), moved, "it has another cookie now");
        assert_eq!(ask(&mut selector, 3), first[0], "it did not ask meanwhile");
        let turn: Vec<u32> = (0..3).map(|_| ask(&mut selector, NONE)).collect();
        assert_eq!(turn.iter().sum::<u32>(), 3, "{turn:?}");
    }
}

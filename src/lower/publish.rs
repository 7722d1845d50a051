//! Messages: what is sent to a queue without waiting.

use super::entry::{Entry, Site, Work};
use super::key::Path;
use super::{Lowering, node_id};
use crate::engine::id::Pc;
use crate::engine::program::{Queue, Step};
use crate::model::{Call, ComponentId};

impl Lowering<'_> {
    /// The body on the sender's card, then the message.
    pub(super) fn publish(&mut self, site: Site, accept: &Call, deliver: &Call, path: Path) {
        self.request_body(site, accept, path);
        let model = self.model;
        let Some(&(link, _)) = deliver.links.first() else {
            return;
        };
        let component = model.link(link).callee;
        let part = model.component(component);
        let class = &model.classes[site.class.index()].name;
        let operation = part
            .operation_for(class)
            .expect("a queue delivers every class");
        let wanted = Entry {
            node: part.nodes[0],
            operation,
            class: site.class,
            work: Work::Own,
        };
        let queue = self.queue(component);
        let at = self.push(Step::Publish {
            queue,
            entry: Pc(0),
            key: path.key("publish"),
        });
        self.entries.want(wanted);
        self.entries.spawns.push((at, wanted));
    }

    /// The number of a queue in the program.
    fn queue(&mut self, component: ComponentId) -> u32 {
        let part = self.model.component(component);
        let node = node_id(part.nodes[0]);
        let queues = &mut self.program.queues;
        let known = queues.iter().position(|queue| queue.node == node);
        let place = known.unwrap_or_else(|| {
            let pool = self.threads[node.index()].expect("a queue has a waiting room");
            queues.push(Queue { node, pool });
            self.map.queues.push(component);
            queues.len() - 1
        });
        place as u32
    }
}

//! Steps that wait for each other, and who must go first.

use std::collections::HashMap;

use notation::Message;

use super::Reader;

impl Reader {
    /// Tells every circle of steps that wait for each other.
    pub(super) fn cycles(&mut self) {
        let before = self.roadmap.predecessors();
        // Each circle once: the strongly connected parts of the graph.
        for part in circles(&before) {
            let names: HashMap<usize, &str> =
                part.iter().map(|i| (*i, self.roadmap.steps[*i].id.as_str())).collect();
            let way = round(&before, &part);
            let shown: Vec<&str> = way.iter().filter_map(|i| names.get(i).copied()).collect();
            let Some(first) = shown.first() else { continue };
            let text =
                format!("steps that wait for each other: {} after {first}", shown.join(" after "));
            // The links that every way round needs: taking any one of them out frees all.
            let edges: Vec<(usize, usize)> = part
                .iter()
                .flat_map(|i| before[*i].iter().map(move |b| (*i, *b)))
                .filter(|(_, b)| part.contains(b))
                .collect();
            let frees = |edge: &(usize, usize)| {
                let mut cut = before.clone();
                cut[edge.0].retain(|b| *b != edge.1);
                !circles(&cut).iter().any(|p| p.iter().any(|i| part.contains(i)))
            };
            let one = if part.len() <= 64 { edges.iter().find(|e| frees(e)) } else { None };
            let help = match one {
                Some((later, earlier)) => format!(
                    "somebody must go first: let `{}` not wait for `{}`, or join the two by `in-step-with` with a lead, or in a bundle",
                    names[later], names[earlier]
                ),
                None => "somebody must go first; no single link frees them all: join pairs by `in-step-with` with a lead".to_owned(),
            };
            let span = self.roadmap.steps[way[0]].span.clone();
            let mut message = Message::error("R012", span, text, "waits");
            for i in way.iter().skip(1).take(4) {
                message = message.also(self.roadmap.steps[*i].span.clone(), "and this waits");
            }
            self.messages.push(message.help(help));
        }
    }
}

/// Parts of the graph in which each step waits for each other, in the order of the text (Tarjan 1972; the way is
/// kept by hand, so that no chain overflows the stack).
pub(crate) fn circles(before: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let n = before.len();
    let (mut number, mut low) = (vec![NEW; n], vec![0; n]);
    let mut on_stack = vec![false; n];
    let (mut stack, mut found, mut next) = (Vec::new(), Vec::new(), 0);
    for root in 0..n {
        if number[root] != NEW {
            continue;
        }
        let mut way: Vec<(usize, usize)> = vec![(root, 0)];
        while let Some(&mut (at, ref mut edge)) = way.last_mut() {
            if *edge == 0 {
                (number[at], low[at]) = (next, next);
                next += 1;
                stack.push(at);
                on_stack[at] = true;
            }
            if let Some(&to) = before[at].get(*edge) {
                *edge += 1;
                if number[to] == NEW {
                    way.push((to, 0));
                } else if on_stack[to] {
                    low[at] = low[at].min(number[to]);
                }
                continue;
            }
            way.pop();
            if let Some((parent, _)) = way.last() {
                low[*parent] = low[*parent].min(low[at]);
            }
            if low[at] == number[at] {
                let mut part = Vec::new();
                while let Some(top) = stack.pop() {
                    on_stack[top] = false;
                    part.push(top);
                    if top == at {
                        break;
                    }
                }
                // A step after itself is told where it says so.
                if part.len() > 1 {
                    part.sort_unstable();
                    found.push(part);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// One way round a circle, from its first step.
fn round(before: &[Vec<usize>], part: &[usize]) -> Vec<usize> {
    let start = part[0];
    // Breadth first from the start: the shortest way back to it.
    let mut from: HashMap<usize, usize> = HashMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for &to in before[at].iter().filter(|b| part.contains(b)) {
            if to == start {
                let mut way = vec![at];
                while let Some(&back) = way.last().and_then(|w| from.get(w)) {
                    way.push(back);
                }
                way.reverse();
                return way;
            }
            if to != at && !from.contains_key(&to) {
                from.insert(to, at);
                queue.push_back(to);
            }
        }
    }
    part.to_vec()
}

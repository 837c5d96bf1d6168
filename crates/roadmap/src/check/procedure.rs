//! Powers and clocks: the last useful day, windows longer than the cut-off.

use notation::{Message, Severity};
use statement::civil;

use super::Checker;
use crate::days::subtract;
use crate::model::{DueBy, Length, Moment, Power, total_days};

impl Checker<'_> {
    pub(super) fn procedure(&mut self) {
        let roadmap = self.roadmap;
        for clock in &roadmap.clocks {
            let Some(cut_off) = clock.cut_off_days else { continue };
            let total = total_days(&clock.windows);
            if total > cut_off {
                let text = format!(
                    "the windows of `{}` take {total} days ({}), longer than its cut-off of {cut_off}",
                    clock.id,
                    sum(&clock.windows)
                );
                let help =
                    "whoever uses every window loses the right: shorten them, or move the cut-off";
                self.error("R033", &clock.span, text, "this clock", help);
            }
        }
        for power in &roadmap.powers {
            self.power(power);
        }
    }

    /// The day a moment means, where the text alone gives one.
    fn fixed(&self, moment: &Moment) -> Option<civil::Date> {
        match moment {
            Moment::On(date) => Some(date.latest()),
            Moment::When(id) => match self.find(id)?.due.as_ref().map(|d| &d.by)? {
                DueBy::On(date) => Some(date.latest()),
                DueBy::After(..) => None,
            },
        }
    }

    fn power(&mut self, power: &Power) {
        let total = total_days(&power.windows);
        if let Some(Length::Days(within)) = power.use_within
            && total > within
            && !power.windows.is_empty()
            && power.lapse.is_none()
        {
            let text = format!(
                "the windows of `{}` take {total} days ({}), longer than the {within} in which it can be used",
                power.id,
                sum(&power.windows)
            );
            let help = "whoever uses every window loses the right: shorten them, or give more time";
            self.error("R033", &power.span, text, "this power", help);
        }
        let Some(lapse) = power.lapse.as_ref().and_then(|l| self.fixed(l)) else { return };
        let Some(last) = subtract(lapse, Length::Days(total), false) else { return };
        // Nothing gives the right before the agreement is signed.
        if let Some(signed) = &self.roadmap.signed
            && last < signed.earliest()
        {
            let text = format!(
                "the power `{}` can never be used in full: its windows take {total} days ({}), it lapses on {lapse}, and the agreement is signed on {signed}",
                power.id,
                sum(&power.windows)
            );
            self.error(
                "R045",
                &power.span,
                text,
                "this power",
                "shorten the windows, or let it lapse later",
            );
            return;
        }
        if total == 0 {
            return;
        }
        let mut text = format!(
            "the last useful day of `{}` is {last}: its windows take {} = {total} days, and it lapses on {lapse}",
            power.id,
            sum(&power.windows)
        );
        if power.windows.len() > 1
            && let Some(window) = power.windows.last()
            && let Some(day) = subtract(lapse, Length::Days(window.days()), false)
        {
            text += &format!("; its last part (`{}`) must begin by {day}", window.name);
        }
        let mut message = Message::warning("R032", power.span.clone(), text, "this power");
        message.severity = Severity::Advice;
        self.messages.push(message.help("a right used after that day ends before it takes effect"));
    }
}

fn sum(windows: &[crate::model::Window]) -> String {
    let counted: Vec<String> = windows
        .iter()
        .map(|w| if w.beside { format!("({} beside)", w.days()) } else { w.days().to_string() })
        .collect();
    counted.join(" + ").replace(" + (", " (")
}

//! One inference: guardrails on the prompt, the toy model, guardrails on its answer. Pure.

use super::assess::{Assessment, Passage, Side, Span, Subject, Verdict, assess, masked};
use super::guards::Guard;
use super::prompt::Prompt;

#[derive(Clone, Copy, Debug)]
pub(super) struct Inference<'a> {
    pub(super) prompt: &'a Prompt,
    pub(super) guards: &'a [Guard],
    /// Tell also what was not found.
    pub(super) full: bool,
    pub(super) prompt_attacks: bool,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) text: String,
    pub(super) verdict: Verdict,
    pub(super) input_tokens: usize,
    pub(super) output_tokens: usize,
    /// For each guardrail.
    pub(super) input: Vec<Assessment>,
    /// For each guardrail; none if the model was not asked.
    pub(super) output: Vec<Assessment>,
    /// What the model said, if not what is answered.
    pub(super) model_output: Option<String>,
}

impl Inference<'_> {
    pub(super) fn run(&self) -> Outcome {
        let input: Vec<Assessment> = self.guards.iter().map(|guard| self.input(guard)).collect();
        let verdict = strictest(&input);
        if let Some(guard) = blocking(self.guards, &input) {
            let text = guard.content.blocked_input_messaging.clone();
            let (input_tokens, output_tokens) = (0, 0);
            return Outcome {
                text,
                verdict,
                input_tokens,
                output_tokens,
                input,
                output: Vec::new(),
                model_output: None,
            };
        }
        let parts = self.prompt.parts.iter().enumerate().map(|(place, part)| masked(&part.text, &spans(&input, place)));
        let parts: Vec<String> = parts.collect();
        let said: String = parts
            .iter()
            .zip(&self.prompt.parts)
            .filter_map(|(text, part)| part.echoed.then_some(text.as_str()))
            .collect();
        let output: Vec<Assessment> = self.guards.iter().map(|guard| self.output(guard, &said)).collect();
        let text = match blocking(self.guards, &output) {
            Some(guard) => guard.content.blocked_outputs_messaging.clone(),
            None => masked(&said, &spans(&output, 0)),
        };
        Outcome {
            verdict: verdict.max(strictest(&output)),
            input_tokens: parts.iter().map(|text| tokens(text)).sum(),
            output_tokens: tokens(&said),
            model_output: (text != said).then_some(said),
            text,
            input,
            output,
        }
    }

    fn input(&self, guard: &Guard) -> Assessment {
        let passages = self.prompt.examined(guard.guarding);
        let subject = Subject {
            side: Side::Input,
            passages: &passages,
            images: self.prompt.images,
            full: self.full,
            prompt_attacks: self.prompt_attacks,
        };
        assess(&guard.content, &subject)
    }

    /// The answer comes first, so that its spans are those of the first passage.
    fn output(&self, guard: &Guard, said: &str) -> Assessment {
        let passages: Vec<Passage> = [Passage::guarded(said)].into_iter().chain(self.prompt.grounds()).collect();
        let subject =
            Subject { side: Side::Output, passages: &passages, images: 0, full: self.full, prompt_attacks: false };
        assess(&guard.content, &subject)
    }
}

fn strictest(assessments: &[Assessment]) -> Verdict {
    assessments.iter().map(|assessment| assessment.verdict).max().unwrap_or_default()
}

/// The guardrail that speaks when one or several block. Inferred: the first.
fn blocking<'a>(guards: &'a [Guard], assessments: &[Assessment]) -> Option<&'a Guard> {
    let mut both = guards.iter().zip(assessments);
    both.find(|(_, assessment)| assessment.verdict == Verdict::Blocked).map(|(guard, _)| guard)
}

/// What all guardrails together want masked in a passage.
fn spans(assessments: &[Assessment], passage: usize) -> Vec<Span> {
    assessments.iter().flat_map(|assessment| assessment.masks[passage].iter().cloned()).collect()
}

/// Four characters are about a token.
fn tokens(text: &str) -> usize {
    text.chars().count().div_ceil(4)
}

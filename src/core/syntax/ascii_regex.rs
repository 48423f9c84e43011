//! Regular expressions whose classes and cases are those of ASCII.

use regex_syntax::ast::{
    Assertion, AssertionKind, Ast, ClassAscii, ClassAsciiKind, ClassBracketed, ClassPerl,
    ClassPerlKind, ClassSet, ClassSetItem, ClassSetRange, ClassSetUnion, Flag, Flags, FlagsItem,
    FlagsItemKind, Group, GroupKind, Literal, Span,
};

/// An expression names a class of Unicode, or the flag that is for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NamesUnicode;

/// Makes `\d`, `\w`, `\s`, `\b` and `(?i)` those of ASCII; all else stays as it is, so that a
/// character outside ASCII is one character.
pub(super) fn in_ascii(expression: &mut Ast) -> Result<(), NamesUnicode> {
    Case::Counts.read(expression)
}

/// Whether the case of letters counts, at some place of an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Counts,
    Ignored,
}

impl Case {
    fn read(&mut self, expression: &mut Ast) -> Result<(), NamesUnicode> {
        match expression {
            Ast::Empty(_) | Ast::Dot(_) => {}
            Ast::Flags(set) => self.read_flags(&mut set.flags)?,
            Ast::Literal(literal) => {
                let mut letter = ClassSetItem::Literal((**literal).clone());
                self.read_item(&mut letter)?;
                if let ClassSetItem::Union(_) = letter {
                    *expression = class(letter);
                }
            }
            Ast::Assertion(assertion) if is_of_words(&assertion.kind) => {
                *expression = without_unicode(assertion);
            }
            Ast::Assertion(_) => {}
            Ast::ClassUnicode(_) => return Err(NamesUnicode),
            Ast::ClassPerl(perl) => *expression = class(ascii(perl)),
            Ast::ClassBracketed(class) => self.read_class(&mut class.kind)?,
            Ast::Repetition(repetition) => self.read(&mut repetition.ast)?,
            Ast::Group(group) => {
                let mut inside = *self;
                if let GroupKind::NonCapturing(flags) = &mut group.kind {
                    inside.read_flags(flags)?;
                }
                inside.read(&mut group.ast)?;
            }
            Ast::Alternation(either) => self.read_each(&mut either.asts)?,
            Ast::Concat(all) => self.read_each(&mut all.asts)?,
        }
        Ok(())
    }

    /// A flag holds to the end of its group, also in what stands there as another choice.
    fn read_each(&mut self, expressions: &mut [Ast]) -> Result<(), NamesUnicode> {
        let mut expressions = expressions.iter_mut();
        expressions.try_for_each(|expression| self.read(expression))
    }

    fn read_flags(&mut self, flags: &mut Flags) -> Result<(), NamesUnicode> {
        match flags.flag_state(Flag::CaseInsensitive) {
            Some(true) => *self = Self::Ignored,
            Some(false) => *self = Self::Counts,
            None => {}
        }
        let is = |flag| move |item: &FlagsItem| item.kind == FlagsItemKind::Flag(flag);
        if flags.items.iter().any(is(Flag::Unicode)) {
            return Err(NamesUnicode);
        }
        let is_of_case = is(Flag::CaseInsensitive);
        flags.items.retain(|item| !is_of_case(item));
        Ok(())
    }

    fn read_class(self, class: &mut ClassSet) -> Result<(), NamesUnicode> {
        match class {
            ClassSet::Item(item) => self.read_item(item),
            ClassSet::BinaryOp(operation) => {
                self.read_class(&mut operation.lhs)?;
                self.read_class(&mut operation.rhs)
            }
        }
    }

    fn read_item(self, item: &mut ClassSetItem) -> Result<(), NamesUnicode> {
        match item {
            ClassSetItem::Empty(_) => {}
            ClassSetItem::Literal(letter) => {
                let letters = ClassSetRange {
                    span: letter.span,
                    start: letter.clone(),
                    end: letter.clone(),
                };
                self.add_other_case(item, &letters);
            }
            ClassSetItem::Range(letters) => {
                let letters = letters.clone();
                self.add_other_case(item, &letters);
            }
            ClassSetItem::Ascii(ascii) => {
                let has_case = matches!(ascii.kind, ClassAsciiKind::Lower | ClassAsciiKind::Upper);
                if self == Self::Ignored && has_case {
                    ascii.kind = ClassAsciiKind::Alpha;
                }
            }
            ClassSetItem::Unicode(_) => return Err(NamesUnicode),
            ClassSetItem::Perl(perl) => *item = ascii(perl),
            ClassSetItem::Bracketed(class) => self.read_class(&mut class.kind)?,
            ClassSetItem::Union(union) => {
                let mut items = union.items.iter_mut();
                items.try_for_each(|item| self.read_item(item))?;
            }
        }
        Ok(())
    }

    /// Makes an item, which is these characters, also those that differ in case alone.
    fn add_other_case(self, item: &mut ClassSetItem, characters: &ClassSetRange) {
        if self == Self::Counts {
            return;
        }
        let span = characters.span;
        let mut items = vec![item.clone()];
        for (first, last) in [('a', 'z'), ('A', 'Z')] {
            let start = characters.start.c.max(first);
            let end = characters.end.c.min(last);
            if start <= end {
                let [start, end] = [start, end].map(|letter| Literal {
                    c: other_case(letter),
                    ..characters.start.clone()
                });
                items.push(ClassSetItem::Range(ClassSetRange { span, start, end }));
            }
        }
        if items.len() > 1 {
            *item = ClassSetItem::Union(ClassSetUnion { span, items });
        }
    }
}

fn other_case(letter: char) -> char {
    if letter.is_ascii_lowercase() {
        letter.to_ascii_uppercase()
    } else {
        letter.to_ascii_lowercase()
    }
}

/// A class of one item.
fn class(item: ClassSetItem) -> Ast {
    Ast::class_bracketed(ClassBracketed {
        span: *item.span(),
        negated: false,
        kind: ClassSet::Item(item),
    })
}

fn ascii(perl: &ClassPerl) -> ClassSetItem {
    ClassSetItem::Ascii(ClassAscii {
        span: perl.span,
        kind: match perl.kind {
            ClassPerlKind::Digit => ClassAsciiKind::Digit,
            ClassPerlKind::Space => ClassAsciiKind::Space,
            ClassPerlKind::Word => ClassAsciiKind::Word,
        },
        negated: perl.negated,
    })
}

/// Whether an assertion asks where a word begins or ends.
fn is_of_words(assertion: &AssertionKind) -> bool {
    use AssertionKind::{EndLine, EndText, StartLine, StartText};

    !matches!(assertion, StartLine | EndLine | StartText | EndText)
}

/// `(?-u:…)`
fn without_unicode(assertion: &Assertion) -> Ast {
    let span: Span = assertion.span;
    let kinds = [FlagsItemKind::Negation, FlagsItemKind::Flag(Flag::Unicode)];
    let items = kinds.map(|kind| FlagsItem { span, kind }).into();
    Ast::group(Group {
        span,
        kind: GroupKind::NonCapturing(Flags { span, items }),
        ast: Box::new(Ast::assertion(assertion.clone())),
    })
}

//! Rewrites a module.

use std::convert::Infallible;

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, Function, FunctionSection, GlobalSection, GlobalType,
    Instruction, Module, ValType,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, FunctionSectionReader, GlobalSectionReader, Parser, Payload, TypeRef,
};

use super::mortal::Death;

/// The module, with a trap.
pub fn rewrite(module: &[u8], death: &Death) -> Vec<u8> {
    let mut rewritten = Module::new();
    Rewriter::new(death, module)
        .parse_core_module(&mut rewritten, Parser::new(0), module)
        .unwrap();
    rewritten.finish()
}

/// Puts functions of its own around the callback and the call, behind all others.
struct Rewriter<'a> {
    death: &'a Death,
    wrapped: Vec<Wrapped>,
    functions: u32,
    /// The number of the global that says that the VM is to die.
    is_dying: u32,
}

/// A function around which another is put.
struct Wrapped {
    index: u32,
    signature: u32,
    parameters: u32,
}

impl<'a> Rewriter<'a> {
    fn new(death: &'a Death, module: &[u8]) -> Self {
        let mut parameters = Vec::new();
        let mut signatures = Vec::new();
        let mut wrapped = Vec::new();
        let mut globals = 0;
        for payload in Parser::new(0).parse_all(module) {
            match payload.unwrap() {
                Payload::TypeSection(types) => {
                    let types = types.into_iter_err_on_gc_types();
                    parameters.extend(types.map(|signature| signature.unwrap().params().len()));
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports().map(Result::unwrap) {
                        if let TypeRef::Func(signature) = import.ty {
                            if Some(import.name) == death.after {
                                wrapped.push(signatures.len());
                            }
                            signatures.push(signature);
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    signatures.extend(section.into_iter().map(Result::unwrap));
                }
                Payload::GlobalSection(section) => globals = section.count(),
                Payload::ExportSection(exports) => {
                    let mut exports = exports.into_iter().map(Result::unwrap);
                    let callback = exports.find(|export| export.name == death.callback);
                    wrapped.push(callback.unwrap().index as usize);
                }
                _ => {}
            }
        }
        assert_eq!(wrapped.len(), 1 + usize::from(death.after.is_some()));
        let wrapped = wrapped.into_iter().map(|index| Wrapped {
            index: u32::try_from(index).unwrap(),
            signature: signatures[index],
            parameters: u32::try_from(parameters[signatures[index] as usize]).unwrap(),
        });
        Self {
            death,
            wrapped: wrapped.collect(),
            functions: u32::try_from(signatures.len()).unwrap(),
            is_dying: globals,
        }
    }

    /// What is called in the place of a function.
    fn wrapper(&self, index: u32) -> Option<u32> {
        let position = self
            .wrapped
            .iter()
            .position(|wrapped| wrapped.index == index)?;
        Some(self.functions + u32::try_from(position).unwrap())
    }

    fn around_callback(&self, callback: &Wrapped) -> Function {
        let mut function = Function::new([]);
        function
            .instructions()
            .local_get(self.death.parameter)
            .i32_const(i32::try_from(self.death.limit).unwrap())
            .i32_ge_u()
            .global_set(self.is_dying);
        if self.death.after.is_none() {
            self.die(&mut function);
        }
        call(&mut function, callback);
        function.instruction(&Instruction::End);
        function
    }

    fn around_call(&self, callee: &Wrapped) -> Function {
        let mut function = Function::new([]);
        call(&mut function, callee);
        self.die(&mut function);
        function.instruction(&Instruction::End);
        function
    }

    fn die(&self, function: &mut Function) {
        function
            .instructions()
            .global_get(self.is_dying)
            .if_(BlockType::Empty)
            .unreachable()
            .end();
    }
}

fn call(function: &mut Function, wrapped: &Wrapped) {
    for parameter in 0..wrapped.parameters {
        function.instructions().local_get(parameter);
    }
    function.instructions().call(wrapped.index);
}

type Reencoded<T> = Result<T, Error<Infallible>>;

impl Reencode for Rewriter<'_> {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Reencoded<u32> {
        Ok(self.wrapper(index).unwrap_or(index))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Reencoded<()> {
        utils::parse_function_section(self, functions, section)?;
        for wrapped in &self.wrapped {
            functions.function(wrapped.signature);
        }
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Reencoded<()> {
        utils::parse_global_section(self, globals, section)?;
        let flag = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        globals.global(flag, &ConstExpr::i32_const(0));
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Reencoded<()> {
        utils::parse_code_section(self, code, section)?;
        let (callback, call) = self.wrapped.split_last().unwrap();
        for callee in call {
            code.function(&self.around_call(callee));
        }
        code.function(&self.around_callback(callback));
        Ok(())
    }
}

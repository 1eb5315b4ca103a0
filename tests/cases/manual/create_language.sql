CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE plsample HANDLER plsample_handler INLINE
    plsample_inline VALIDATOR plsample_validator;
CREATE LANGUAGE plsample;

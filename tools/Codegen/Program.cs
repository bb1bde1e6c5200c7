using Codegen;

return args switch
{
    ["trim", var package] => Commands.Trim(package),
    ["generate"] => Commands.Generate(),
    ["check"] => Commands.Check(),
    _ => Commands.Usage(),
};

using Codegen;

return args switch
{
    ["trim", var package] => new Commands(Repository.Root(Environment.CurrentDirectory)).Trim(package),
    ["generate"] => new Commands(Repository.Root(Environment.CurrentDirectory)).Generate(),
    ["check"] => new Commands(Repository.Root(Environment.CurrentDirectory)).Check(),
    _ => Commands.Usage(),
};

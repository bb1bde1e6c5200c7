using System.CommandLine;
using Nines.Composition;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines aws …</c></summary>
internal static class AwsCommand
{
    public static Command Create(IReadOnlyList<string> passed)
    {
        var command = new Command("aws", "Run the installed AWS CLI with this cloud's endpoint and keys; all arguments are passed on.");
        command.SetAction(async (_, cancellationToken) =>
        {
            var variables = EnvCommand.Variables(CloudPaths.Resolve(null)).ToDictionary();
            // Releases of the AWS CLI before 2.13 do not read AWS_ENDPOINT_URL; all of them take the option.
            List<string> arguments = ["--endpoint-url", variables["AWS_ENDPOINT_URL"], .. passed];
            variables.TryAdd("AWS_PAGER", "");
            return await Child.RunAsync("/usr/bin/aws", arguments, variables, cancellationToken);
        });
        return command;
    }
}

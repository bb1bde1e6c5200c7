using System.CommandLine;
using Nines.Client;
using Nines.Control.Admin;
using Nines.Terminal;
using Spectre.Console;

namespace Nines.Commands;

/// <summary><c>nines accounts</c> and <c>nines accounts create NAME</c></summary>
internal static class AccountsCommand
{
    public static Command Create()
    {
        var state = CommonOptions.State();
        var command = new Command("accounts", "List the accounts of the cloud.") { state, CreateAccount() };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = CloudClient.Connect(parsed.GetState(state));
            var table = new Table().Border(TableBorder.None).AddColumns("ACCOUNT", "NAME", "SINCE");
            foreach (var account in (await client.Admin.ListAccountsAsync(cancellationToken)).Accounts)
            {
                table.AddRow(account.AccountId, Markup.Escape(account.Name ?? "(the operator's)"), $"{account.CreatedAt.UtcDateTime:yyyy-MM-dd}");
            }

            Output.Results.Write(table);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command CreateAccount()
    {
        var name = new Argument<string>("NAME") { Description = "What to call it: lower-case letters, digits and hyphens." };
        var id = new Option<string?>("--account-id") { Description = "Its twelve digits (default: any).", HelpName = "ID" };
        var state = CommonOptions.State();
        var command = new Command("create", "Make an account, and print its root's keys as a profile of an AWS credentials file. The secret is told once.") { name, id, state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = CloudClient.Connect(parsed.GetState(state));
            var made = await client.Admin.CreateAccountAsync(new AccountRequest(parsed.GetValue(name), parsed.GetValue(id)), cancellationToken);
            Console.Out.Write(
                $"""
                [{made.Name}]
                aws_access_key_id = {made.AccessKeyId}
                aws_secret_access_key = {made.SecretAccessKey}
                aws_account_id = {made.AccountId}
                region = {made.Region}

                """);
            return ExitCode.Success;
        });
        return command;
    }
}

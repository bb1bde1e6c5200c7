using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>What a client may change of launch templates.</summary>
internal sealed class LaunchTemplateChanges(Cloud cloud, IIdSource ids) : IOperations
{
    /// <summary>The most versions of one template.</summary>
    public const int MaximumVersions = 10_000;

    private const string ResourceType = "launch-template";
    private const string VersionType = "launch-template-version";
    private const int MaximumDescription = 255;
    private const int MaximumDeletedVersions = 200;

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateLaunchTemplate, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.CreateLaunchTemplateVersion, CreateVersionAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyLaunchTemplate, ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteLaunchTemplate, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteLaunchTemplateVersions, DeleteVersionsAsync, answersDryRun: true);
    }

    private async ValueTask<CreateLaunchTemplateResult> CreateAsync(CreateLaunchTemplateRequest input, Call call, CancellationToken cancellationToken)
    {
        var name = CheckName(input.LaunchTemplateName);
        var data = LaunchTemplateData.Parse(input.LaunchTemplateData);
        var tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType);
        var token = ClientToken.Parse(input.ClientToken);
        var description = CheckDescription(input.VersionDescription);
        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        var template = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (ClientToken.MadeBefore(transaction, call.AccountId, ResourceType, token, fingerprint) is { } earlier)
                {
                    return transaction.Find(LaunchTemplate.Table, call.AccountId, earlier)!;
                }

                if (transaction.Find(LaunchTemplateName.Table, call.AccountId, name) is not null)
                {
                    throw LaunchTemplateErrors.NameTaken();
                }

                call.AnswerDryRun();
                var made = new LaunchTemplate
                {
                    AccountId = call.AccountId,
                    Id = ids.Next("lt"),
                    Name = name,
                    CreateTime = call.Now,
                    CreatedBy = call.Caller.Arn,
                    ClientToken = token,
                    Tags = tags,
                };
                transaction.Insert(LaunchTemplate.Table, made);
                transaction.Insert(LaunchTemplateName.Table, new LaunchTemplateName(call.AccountId, name, made.Id));
                transaction.Insert(LaunchTemplateVersion.Table, NewVersion(made, 1, description, data, null, call));
                ClientToken.Remember(transaction, call.AccountId, ResourceType, token, fingerprint, made.Id);
                return made;
            },
            cancellationToken);
        return new CreateLaunchTemplateResult { LaunchTemplate = template.Describe(), Warning = LaunchTemplateWarnings.Of(data, call.AccountId) };
    }

    private async ValueTask<CreateLaunchTemplateVersionResult> CreateVersionAsync(
        CreateLaunchTemplateVersionRequest input, Call call, CancellationToken cancellationToken)
    {
        var data = LaunchTemplateData.Parse(input.LaunchTemplateData);
        var token = ClientToken.Parse(input.ClientToken);
        var description = CheckDescription(input.VersionDescription);
        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null, DryRun = null });
        var (template, version) = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var template = LaunchTemplateLookup.Require(transaction, call.AccountId, input.LaunchTemplateId, input.LaunchTemplateName);
                if (ClientToken.MadeBefore(transaction, call.AccountId, VersionType, token, fingerprint) is { } earlier)
                {
                    return (template, transaction.Find(LaunchTemplateVersion.Table, call.AccountId, earlier)!);
                }

                var whole = string.IsNullOrEmpty(input.SourceVersion) ? data : LaunchTemplateData.Over(RequireVersion(transaction, template, input.SourceVersion).Data, data);
                if (transaction.By(LaunchTemplateVersion.ByTemplate, template.Id).Count >= MaximumVersions)
                {
                    throw LaunchTemplateErrors.TooManyVersions(template);
                }

                call.AnswerDryRun();
                var next = template with { LatestVersion = template.NextVersion, NextVersion = template.NextVersion + 1 };
                var made = NewVersion(template, template.NextVersion, description, whole, token, call);
                transaction.Put(LaunchTemplate.Table, next);
                transaction.Insert(LaunchTemplateVersion.Table, made);
                ClientToken.Remember(transaction, call.AccountId, VersionType, token, fingerprint, made.Id);
                return (next, made);
            },
            cancellationToken);
        return new CreateLaunchTemplateVersionResult
        {
            LaunchTemplateVersion = version.Describe(template),
            Warning = LaunchTemplateWarnings.Of(version.Data, call.AccountId),
        };
    }

    private async ValueTask<ModifyLaunchTemplateResult> ModifyAsync(ModifyLaunchTemplateRequest input, Call call, CancellationToken cancellationToken)
    {
        var changed = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var template = LaunchTemplateLookup.Require(transaction, call.AccountId, input.LaunchTemplateId, input.LaunchTemplateName);
                var version = RequireVersion(transaction, template, string.IsNullOrEmpty(input.DefaultVersion) ? throw Ec2Errors.MissingParameter("SetDefaultVersion") : input.DefaultVersion);
                call.AnswerDryRun();
                var next = template with { DefaultVersion = version.Number };
                transaction.Put(LaunchTemplate.Table, next);
                return next;
            },
            cancellationToken);
        return new ModifyLaunchTemplateResult { LaunchTemplate = changed.Describe() };
    }

    private async ValueTask<DeleteLaunchTemplateResult> DeleteAsync(DeleteLaunchTemplateRequest input, Call call, CancellationToken cancellationToken)
    {
        var deleted = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var template = LaunchTemplateLookup.Require(transaction, call.AccountId, input.LaunchTemplateId, input.LaunchTemplateName);
                call.AnswerDryRun();
                foreach (var version in transaction.By(LaunchTemplateVersion.ByTemplate, template.Id))
                {
                    Delete(transaction, version);
                }

                ClientToken.Forget(transaction, call.AccountId, ResourceType, template.ClientToken);
                transaction.Delete(LaunchTemplateName.Table, transaction.Find(LaunchTemplateName.Table, call.AccountId, template.Name)!);
                transaction.Delete(LaunchTemplate.Table, template);
                return template;
            },
            cancellationToken);
        return new DeleteLaunchTemplateResult { LaunchTemplate = deleted.Describe() };
    }

    private async ValueTask<DeleteLaunchTemplateVersionsResult> DeleteVersionsAsync(
        DeleteLaunchTemplateVersionsRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.Versions is not { Count: > 0 } asked)
        {
            throw Ec2Errors.MissingParameter("LaunchTemplateVersion");
        }

        if (asked.Count > MaximumDeletedVersions)
        {
            throw Ec2Errors.InvalidParameterValue($"At most {MaximumDeletedVersions} versions can be deleted in a single request.");
        }

        long[] numbers = [.. asked.Select(LaunchTemplateLookup.ParseNumber).Distinct()];
        return await cloud.WriteAsync(
            call,
            transaction =>
            {
                var template = LaunchTemplateLookup.Require(transaction, call.AccountId, input.LaunchTemplateId, input.LaunchTemplateName);
                call.AnswerDryRun();
                return DeleteVersions(transaction, template, numbers);
            },
            cancellationToken);
    }

    /// <summary>Deletes what can be deleted and says of the rest why not: EC2 refuses version by version.</summary>
    private static DeleteLaunchTemplateVersionsResult DeleteVersions(CloudTransaction transaction, LaunchTemplate template, IReadOnlyList<long> numbers)
    {
        var deleted = new List<DeleteLaunchTemplateVersionsResponseSuccessItem>();
        var kept = new List<DeleteLaunchTemplateVersionsResponseErrorItem>();
        foreach (var number in numbers)
        {
            if (transaction.Find(LaunchTemplateVersion.Table, template.AccountId, LaunchTemplateVersion.IdOf(template.Id, number)) is not { } version)
            {
                kept.Add(template.Refusal(number, LaunchTemplateErrorCode.LaunchTemplateVersionDoesNotExist, $"The version {number} of the launch template does not exist."));
            }
            else if (number == template.DefaultVersion)
            {
                kept.Add(template.Refusal(number, LaunchTemplateErrorCode.UnexpectedError, "The default version of a launch template cannot be deleted; make another version the default first."));
            }
            else
            {
                Delete(transaction, version);
                deleted.Add(new() { LaunchTemplateId = template.Id, LaunchTemplateName = template.Name, VersionNumber = number });
            }
        }

        var latest = transaction.By(LaunchTemplateVersion.ByTemplate, template.Id).Select(version => version.Number)
            .Except(deleted.Select(version => version.VersionNumber!.Value)).Max();
        transaction.Put(LaunchTemplate.Table, template with { LatestVersion = latest });
        return new DeleteLaunchTemplateVersionsResult
        {
            SuccessfullyDeletedLaunchTemplateVersions = deleted,
            UnsuccessfullyDeletedLaunchTemplateVersions = kept,
        };
    }

    private static void Delete(CloudTransaction transaction, LaunchTemplateVersion version)
    {
        ClientToken.Forget(transaction, version.AccountId, VersionType, version.ClientToken);
        transaction.Delete(LaunchTemplateVersion.Table, version);
    }

    private static LaunchTemplateVersion RequireVersion(CloudTransaction transaction, LaunchTemplate template, string version) =>
        transaction.Find(LaunchTemplateVersion.Table, template.AccountId, LaunchTemplateVersion.IdOf(template.Id, LaunchTemplateLookup.NumberOf(template, version)))
            ?? throw LaunchTemplateErrors.VersionNotFound(template, version);

    private static LaunchTemplateVersion NewVersion(LaunchTemplate template, long number, string? description, string data, string? token, Call call) => new()
    {
        AccountId = template.AccountId,
        TemplateId = template.Id,
        Number = number,
        Description = description,
        CreateTime = call.Now,
        CreatedBy = call.Caller.Arn,
        Data = data,
        ClientToken = token,
    };

    private static string CheckName(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw Ec2Errors.MissingParameter("LaunchTemplateName");
        }

        return name.Length is >= 3 and <= 128 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || "-()./_".Contains(letter, StringComparison.Ordinal))
            ? name
            : throw LaunchTemplateErrors.NameMalformed();
    }

    private static string? CheckDescription(string? description) => description is null or { Length: <= MaximumDescription }
        ? description
        : throw Ec2Errors.InvalidValue("versionDescription", description, string.Create(CultureInfo.InvariantCulture, $"It may have up to {MaximumDescription} characters."));
}

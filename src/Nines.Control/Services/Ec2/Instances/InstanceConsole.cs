using System.Text;
using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Firmware;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What can be seen of a guest from outside. These reads ask the host: nothing else has it.</summary>
internal sealed class InstanceConsole(Cloud cloud, HostRegistry hosts, TimeProvider time)
{
    /// <summary>The most of the serial console that is answered (EC2 API Reference: GetConsoleOutput).</summary>
    public const int MaximumBytes = 64 * 1024;

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    /// <summary>The newest output of the serial console, in base64.</summary>
    public async ValueTask<GetConsoleOutputResult> GetOutputAsync(GetConsoleOutputRequest input, Call call, CancellationToken cancellationToken)
    {
        var instance = Find(input.InstanceId, call);
        call.AnswerDryRun();
        var output = await AskAsync(instance, (host, token) => host.ReadConsoleAsync(instance.Id, MaximumBytes, token), cancellationToken);
        return new GetConsoleOutputResult { InstanceId = instance.Id, Output = Convert.ToBase64String(output.Span), Timestamp = time.GetUtcNow() };
    }

    /// <summary>A picture of the screen, in base64. AWS answers JPEG; this is PNG, which the same viewers show.</summary>
    public async ValueTask<GetConsoleScreenshotResult> GetScreenshotAsync(GetConsoleScreenshotRequest input, Call call, CancellationToken cancellationToken)
    {
        var instance = Find(input.InstanceId, call);
        if (instance.State != InstanceState.Running)
        {
            throw InstanceErrors.NotRunning(instance.Id);
        }

        call.AnswerDryRun();
        var picture = await AskAsync(instance, (host, token) => host.ScreenshotAsync(instance.Id, token), cancellationToken);
        return new GetConsoleScreenshotResult { InstanceId = instance.Id, ImageData = Convert.ToBase64String(picture.Span) };
    }

    /// <summary>
    /// The password of a Windows guest's administrator, encrypted for the instance's key pair. Empty while the guest has said none; one with Linux says none, and is not
    /// asked, nor is one without a key pair, for there is no key that it could be encrypted with (EC2 API Reference: GetPasswordData).
    /// </summary>
    public async ValueTask<GetPasswordDataResult> GetPasswordAsync(GetPasswordDataRequest input, Call call, CancellationToken cancellationToken)
    {
        var instance = Find(input.InstanceId, call);
        call.AnswerDryRun();
        var password = instance is { Platform: GuestPlatform.Windows, PublicKey: not null }
            ? await AskAsync(instance, (host, token) => host.ReadPasswordAsync(instance.Id, token), cancellationToken)
            : default;
        return new GetPasswordDataResult { InstanceId = instance.Id, PasswordData = Encoding.ASCII.GetString(password.Span), Timestamp = time.GetUtcNow() };
    }

    /// <summary>The public part of an endorsement key of the instance's TPM, in base64: as the TPM has it, or as others read keys.</summary>
    public async ValueTask<GetInstanceTpmEkPubResult> GetTpmKeyAsync(GetInstanceTpmEkPubRequest input, Call call, CancellationToken cancellationToken)
    {
        var type = (input.KeyType ?? throw Ec2Errors.MissingParameter("KeyType")) switch
        {
            EkPubKeyType.Rsa2048 => TpmKeyType.Rsa2048,
            EkPubKeyType.EccSecP384 => TpmKeyType.EccSecP384,
            _ => throw Ec2Errors.InvalidValue("KeyType", input.KeyType, "Valid values: rsa-2048, ecc-sec-p384."),
        };
        if ((input.KeyFormat ?? throw Ec2Errors.MissingParameter("KeyFormat")) is not (EkPubKeyFormat.Der or EkPubKeyFormat.Tpmt))
        {
            throw Ec2Errors.InvalidValue("KeyFormat", input.KeyFormat, "Valid values: der, tpmt.");
        }

        var instance = Find(input.InstanceId, call);
        if (instance.TpmSupport is null)
        {
            throw Ec2Errors.Unsupported($"The instance '{instance.Id}' has no TPM: its image was not registered with TPM support.");
        }

        call.AnswerDryRun();
        var area = await AskAsync(instance, (host, token) => host.ReadTpmKeyAsync(instance.Id, type, token), cancellationToken);
        if (area.IsEmpty)
        {
            throw InstanceErrors.NotStartedYet(instance.Id);
        }

        return new GetInstanceTpmEkPubResult
        {
            InstanceId = instance.Id,
            KeyType = input.KeyType,
            KeyFormat = input.KeyFormat,
            KeyValue = Convert.ToBase64String(input.KeyFormat == EkPubKeyFormat.Tpmt ? area.Span : TpmPublicArea.ToDer(type, area.Span)),
        };
    }

    /// <summary>The variables of the instance's UEFI firmware, in EC2's form.</summary>
    public async ValueTask<GetInstanceUefiDataResult> GetUefiDataAsync(GetInstanceUefiDataRequest input, Call call, CancellationToken cancellationToken)
    {
        var instance = Find(input.InstanceId, call);
        if (instance.BootMode is not (BootModeValues.Uefi or BootModeValues.UefiPreferred))
        {
            throw Ec2Errors.Unsupported($"The instance '{instance.Id}' is not started by UEFI firmware.");
        }

        call.AnswerDryRun();
        var flash = await AskAsync(instance, (host, token) => host.ReadUefiVariablesAsync(instance.Id, token), cancellationToken);
        return flash.IsEmpty
            ? throw InstanceErrors.NotStartedYet(instance.Id)
            : new GetInstanceUefiDataResult { InstanceId = instance.Id, UefiData = UefiData.Write(UefiVariableStore.Read(flash.Span)) };
    }

    private Instance Find(string? id, Call call) => id is null
        ? throw Ec2Errors.MissingParameter("InstanceId")
        : InstanceLookup.FindAll(cloud, call.AccountId, [ResourceId.Parse<InstanceId>(id)])[0];

    private async Task<ReadOnlyMemory<byte>> AskAsync(
        Instance instance, Func<IHost, CancellationToken, Task<ReadOnlyMemory<byte>>> ask, CancellationToken cancellationToken)
    {
        if (instance.HostId is not { } hostId || hosts.Find(hostId) is not { } host)
        {
            return default;
        }

        using var deadline = new CancellationTokenSource(s_deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await ask(host, either.Token);
        }
        catch (VmNotFoundException)
        {
            // It has not been started yet, or nothing of it is left: there is nothing to see.
            return default;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new AwsException("InternalError", $"The host of {instance.Id} does not answer.", 500);
        }
    }
}

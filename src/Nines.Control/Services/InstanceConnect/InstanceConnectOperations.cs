using System.Text;
using System.Text.RegularExpressions;
using Nines.Api.Ec2InstanceConnect;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Wire;

namespace Nines.Control.Services.InstanceConnect;

/// <summary>
/// EC2 Instance Connect: whoever may call it gets into an instance for a minute, by a key that the metadata service of the instance shows and
/// its SSH daemon asks for. The host knows when a key is over and shows it no more: nothing has to come in time to take it away.
/// </summary>
/// <param name="cloud">The records.</param>
/// <param name="findHost">The way to a host, or <see langword="null"/> when there is none now.</param>
internal sealed partial class InstanceConnectOperations(Cloud cloud, Func<string, IHost?> findHost) : IOperations
{
    /// <summary>How long a key lets in ("SendSSHPublicKey", EC2 Instance Connect API Reference).</summary>
    private const int LifetimeSeconds = 60;

    /// <summary>Keeps small what an instance's host is told.</summary>
    private const int MaximumActiveKeys = 32;

    private const int MinimumKeyLength = 80;
    private const int MaximumKeyLength = 4096;
    private const string Comment = "ec2-instance-connect";

    public void Map(OperationTable table) => table.On(Ec2InstanceConnectApi.SendSSHPublicKey, SendAsync);

    private async ValueTask<SendSSHPublicKeyResult> SendAsync(SendSSHPublicKeyRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = Checked("instanceId", input.InstanceId!, InstanceIds());
        var user = Checked("instanceOSUser", input.InstanceOSUser!, Users());
        var zone = input.AvailabilityZone is { } asked ? Checked("availabilityZone", asked, Zones()) : null;
        var key = ParseKey(input.SSHPublicKey!);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = transaction.Find(Instance.Table, call.AccountId, id);
                if (instance is null || instance.Zone != (zone ?? instance.Zone))
                {
                    throw InstanceConnectErrors.NotFound(id);
                }

                if (instance.State is not (InstanceState.Pending or InstanceState.Running))
                {
                    throw InstanceConnectErrors.StateInvalid(id, instance.State.Name());
                }

                if (instance.HostId is null || findHost(instance.HostId) is null)
                {
                    throw InstanceConnectErrors.Unavailable(id);
                }

                ActiveSshKey[] others = [.. instance.ActiveSshKeys.Where(active => active.ExpiresAt > call.Now && (active.User, active.PublicKey) != (user, key))];
                if (others.Length >= MaximumActiveKeys)
                {
                    throw InstanceConnectErrors.TooManyKeys(id, MaximumActiveKeys);
                }

                transaction.Put(Instance.Table, instance with
                {
                    ActiveSshKeys = [.. others, new(user, key, call.Now.AddSeconds(LifetimeSeconds), call.Caller.Arn, call.RequestId)],
                });
            },
            cancellationToken);
        return new SendSSHPublicKeyResult { RequestId = call.RequestId, Success = true };
    }

    private static string Checked(string member, string value, Regex rule) =>
        rule.IsMatch(value) ? value : throw InstanceConnectErrors.Invalid(member, value, $"it must match {rule}");

    /// <summary>One line of <c>authorized_keys</c> with nothing in it but the key: no options, and no second line.</summary>
    private static string ParseKey(string text)
    {
        if (text.Length is < MinimumKeyLength or > MaximumKeyLength)
        {
            throw InstanceConnectErrors.InvalidKey($"it must have {MinimumKeyLength} to {MaximumKeyLength} characters");
        }

        try
        {
            return PublicKey.Parse(Encoding.UTF8.GetBytes(text)).ToOpenSsh(Comment);
        }
        catch (AwsException)
        {
            throw InstanceConnectErrors.InvalidKey("it must be an RSA or an Ed25519 key in the form of OpenSSH or SSH2");
        }
    }

    [GeneratedRegex(@"^i-[a-f0-9]{8,30}\z")]
    private static partial Regex InstanceIds();

    [GeneratedRegex(@"^(?:[A-Za-z_][A-Za-z0-9@._-]{0,30}[A-Za-z0-9$_-]?|(?=.{2,32}\z)[0-9]{1,32}[A-Za-z@._-][A-Za-z0-9@._-]*[A-Za-z0-9$_-]?)\z")]
    private static partial Regex Users();

    [GeneratedRegex(@"^(?=.{6,32}\z)([a-z0-9]+-){2,3}[0-9]+[a-z0-9]+\z")]
    private static partial Regex Zones();
}

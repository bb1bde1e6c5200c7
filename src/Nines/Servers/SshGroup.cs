using Nines.Api.Ec2;
using Nines.Client;
using Nines.Wire;

namespace Nines.Servers;

/// <summary>The security group that lets this machine reach the servers that <c>run</c> launches: the default group lets nobody in, as on AWS.</summary>
internal static class SshGroup
{
    public const string Name = "nines-run";

    /// <summary>Finds or makes the group; answers its id.</summary>
    public static async Task<string> EnsureAsync(CloudClient client, CancellationToken cancellationToken)
    {
        if (await FindAsync(client, cancellationToken) is { } found)
        {
            return found;
        }

        try
        {
            var created = await client.CallAsync(
                Ec2Api.CreateSecurityGroup,
                new CreateSecurityGroupRequest { GroupName = Name, Description = "Servers of nines run: SSH and ping" },
                cancellationToken);
            await client.CallAsync(
                Ec2Api.AuthorizeSecurityGroupIngress,
                new AuthorizeSecurityGroupIngressRequest { GroupId = created.GroupId, IpPermissions = [Permit("tcp", 22, 22), Permit("icmp", -1, -1)] },
                cancellationToken);
            return created.GroupId!;
        }
        catch (AwsException e) when (e.Code is "InvalidGroup.Duplicate")
        {
            // Another run made it at the same time.
            return await FindAsync(client, cancellationToken) ?? throw new UserException($"the security group {Name} vanished; try again");
        }
    }

    private static async Task<string?> FindAsync(CloudClient client, CancellationToken cancellationToken)
    {
        var result = await client.CallAsync(
            Ec2Api.DescribeSecurityGroups,
            new DescribeSecurityGroupsRequest { Filters = [new Filter { Name = "group-name", Values = [Name] }] },
            cancellationToken);
        return result.SecurityGroups is [var group, ..] ? group.GroupId : null;
    }

    private static IpPermission Permit(string protocol, int from, int to) => new()
    {
        IpProtocol = protocol,
        FromPort = from,
        ToPort = to,
        IpRanges = [new IpRange { CidrIp = "0.0.0.0/0" }],
    };
}

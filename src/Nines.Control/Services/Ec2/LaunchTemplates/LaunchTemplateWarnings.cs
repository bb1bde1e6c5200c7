using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Instances;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>What a launch would refuse of a template; the template is made all the same (EC2 API Reference: CreateLaunchTemplate, <c>warning</c>). Pure.</summary>
internal static class LaunchTemplateWarnings
{
    /// <summary>The first thing that a launch would refuse, whatever else it says; <see langword="null"/> when there is none.</summary>
    public static ValidationWarning? Of(string data, string accountId)
    {
        try
        {
            // A template need not name an image or a type; the launch will.
            var bare = LaunchTemplateData.Apply(new RunInstancesRequest { MinCount = 1, MaxCount = 1 }, data);
            _ = LaunchRequests.Parse(bare with { ImageId = bare.ImageId ?? "ami-00000000" }, accountId);
            return null;
        }
        catch (AwsException refusal)
        {
            return new ValidationWarning { Errors = [new ValidationError { Code = refusal.Code, Message = refusal.Message }] };
        }
    }
}

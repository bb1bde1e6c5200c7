using Nines.Control.Services.Ssm.Parameters;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>
/// The names under which tools look for the newest image of a distribution: public parameters of Systems Manager. Every image that comes with the cloud has one
/// of its own; Debian's has Debian's, and those of Amazon Linux are of <c>tiny</c>, which lets the same user in.
/// </summary>
internal sealed class ImageParameters(Cloud cloud)
{
    private const string AmazonLinux = "/aws/service/ami-amazon-linux-latest/";

    /// <summary>The images' names beside their own. Source: "Calling AMI public parameters in Parameter Store" of the Systems Manager user guide, and Debian's wiki.</summary>
    private static readonly ILookup<string, string> s_others = new (string Image, string Name)[]
    {
        ("debian-12", "/aws/service/debian/release/12/latest/amd64"),
        ("tiny", AmazonLinux + "al2023-ami-kernel-6.1-x86_64"),
        ("tiny", AmazonLinux + "al2023-ami-kernel-default-x86_64"),
        ("tiny", AmazonLinux + "al2023-ami-minimal-kernel-6.1-x86_64"),
        ("tiny", AmazonLinux + "al2023-ami-minimal-kernel-default-x86_64"),
        ("tiny", AmazonLinux + "amzn2-ami-hvm-x86_64-ebs"),
        ("tiny", AmazonLinux + "amzn2-ami-hvm-x86_64-gp2"),
        ("tiny", AmazonLinux + "amzn2-ami-kernel-5.10-hvm-x86_64-gp2"),
    }.ToLookup(pair => pair.Image, pair => pair.Name);

    /// <summary>All of them as they are now.</summary>
    public IEnumerable<PublicParameter> List() =>
        from image in cloud.List(Image.Table, ImageOwners.CloudAccountId)
        where image.IsStored
        from name in s_others[image.Name].Prepend($"/aws/service/nines/{image.Name}/latest")
        select new PublicParameter(name, image.Id, Math.Max(1, image.CreationDate.ToUnixTimeSeconds()), image.CreationDate);
}

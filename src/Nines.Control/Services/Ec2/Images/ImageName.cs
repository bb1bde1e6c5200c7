using System.Text.RegularExpressions;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>That the name of an image is taken in an account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Id">The name.</param>
/// <param name="ImageId">Who has it.</param>
internal sealed partial record ImageName(string AccountId, string Id, string ImageId) : IResource
{
    /// <summary>The names of images that were made by calls; those in the image stores have none here.</summary>
    public static readonly TableDefinition<ImageName> Table = new("image-names", Ec2JsonContext.Default.ImageName);

    /// <summary>A name that a request gives.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>MissingParameter</c>, <c>InvalidAMIName.Malformed</c>.</exception>
    public static string Parse(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw Ec2Errors.MissingParameter("name");
        }

        return Form.IsMatch(name) ? name : throw ImageErrors.MalformedName();
    }

    /// <summary>Gives an image its name.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidAMIName.Duplicate</c>.</exception>
    public static void Take(CloudTransaction transaction, Image image)
    {
        var holder = transaction.Find(Table, image.AccountId, image.Name)?.ImageId
            ?? transaction.List(Image.Table, image.AccountId).FirstOrDefault(other => other.Name == image.Name)?.Id;
        if (holder is not null)
        {
            throw ImageErrors.NameTaken(image.Name, holder);
        }

        transaction.Insert(Table, new ImageName(image.AccountId, image.Name, image.Id));
    }

    /// <summary>The image is gone; its name is free again.</summary>
    public static void Free(CloudTransaction transaction, Image image)
    {
        if (transaction.Find(Table, image.AccountId, image.Name) is { } name && name.ImageId == image.Id)
        {
            transaction.Delete(Table, name);
        }
    }

    // EC2 API Reference: CreateImage.
    [GeneratedRegex(@"^[A-Za-z0-9()\[\] ./\-'@_]{3,128}\z")]
    private static partial Regex Form { get; }
}
